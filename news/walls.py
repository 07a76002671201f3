"""What stands in front of pages, by its words: consent, subscription, a check for robots. Pure.

A word alone proves nothing: a wall is short, and made of many words that begin as those of walls do.
"""

import re
from collections.abc import Sequence
from itertools import compress
from unicodedata import combining, normalize

# How words begin that robot checks are made of; with and without marks
_CHECK_WORDS = (
    *("captcha", "robot", "verif", "unusual", "automated", "firewall", "reload", "human", "gateway", "script"),
    *("робот", "капч", "соединени", "обновите"),
    *("روبوت", "نتحقق", "تحميل"),
    # of robot checks what only they say: they speak to their reader, news of robots and of safety do not
    *("cloudflare", "fortfahren", "fortzufahren", "bestatigen", "deaktiviert", "automatisierungstool", "ungewohnlich"),
    *("navigateur", "activez", "rechargez", "desactive", "automatisation"),
    *(
        "oldugunuz",
        "olmadiginiz",
        "degilseniz",
        "baglantiniz",
        "erisiminiz",
        "adresiniz",
        "etkinlestirin",
        "dogrulay",
        "kaydirici",
    ),
    *("tesdiqleyin", "aktivlesdirin", "sebekeniz", "sorgunuz", "deyilsiniz", "unvaniniz", "yenileyin"),
)
# How words begin that walls in front of pages are made of: consent, subscription, robot checks; with and without marks
_WALL_WORDS = (
    *("cookie", "javascript", "consent", "subscri", "browser", "privacy", "personali", "advertis"),
    *("unlimited", "sign", "cancel", "member"),
    *("einwillig", "datenschutz", "abonn", "anmeld", "passwor", "werbung", "partner", "leserservice", "zugang"),
    *("connect", "confidentialit", "engagement", "navigation", "publicit", "mot"),
    *("suscri", "contraseñ", "contrasen", "privacidad", "publicidad", "sesion", "sesión"),
    *("çerez", "cerez", "abone", "gizlilik", "parola", "giriş", "giris", "kişisel", "kisisel", "tarayıcı", "tarayici"),
    *("kuki", "abunə", "abune", "məxfilik", "mexfilik", "brauzer", "reklam"),
    *(
        "куки",
        "подпис",
        "браузер",
        "конфиденц",
        "парол",
        "реклам",
        "согласи",
    ),
    *("кукі", "підпис", "передплат", "конфіденц"),
    *("اشتر", "مشترك", "المشترك", "للمشترك", "الارتباط", "المرور", "الخصوص", "المتصفح", "اعلان"),
    *_CHECK_WORDS,
)
_WALL_START = min(map(len, _WALL_WORDS))
_WALL_STARTS = frozenset(stem[:_WALL_START] for stem in _WALL_WORDS)  # asked first: most words begin otherwise


class _Telling(dict[str, bool]):
    """Whether words begin as walls do; kept, for texts are made of the same words."""

    def __missing__(self, word: str) -> bool:
        found = word[:_WALL_START] in _WALL_STARTS and word.startswith(_WALL_WORDS)
        if len(self) >= _WORDS_KEPT:
            self.clear()
        self[word] = found
        return found


_TELLING = _Telling()
_WORDS_KEPT = 30_000
LONGEST_WALL = 250  # words
_MIN_WALL_WORDS = 4  # different ones
_MIN_WALL_SHARE = 0.05
# What robot checks say of themselves to whom they stop; folded
_CHECK_SAID = re.compile(
    r"(?:enable|activate) (?:javascript and cookies|cookies and javascript) to continue"
    r"|made us think (?:that )?you (?:are|were) a (?:ro)?bot"
    r"|(?:checking|verifying) (?:if|that|whether) (?:the site connection is secure|you are (?:a )?human)"
    r"|(?:confirm|verify|prove) (?:that )?you are (?:not a (?:ro)?bot|(?:a )?human)|checking your browser before"
    r"|review the security of your connection"
)
_CHECK_TITLE = re.compile(
    r"just a moment|attention required!?(?: \| cloudflare)?|pardon our interruption"
    r"|are you (?:a (?:ro)?bot|(?:a )?human)"
    r"|bir dakika lutfen|nur einen moment|un instant|один момент|لحظه"
)
_MIN_CHECK_WORDS = 2
_A_CHECK = 2_000  # characters
_SHORT_CHECK = 700
_WORD = re.compile(r"\w+")
_LETTERS = str.maketrans("ıə’", "ie'")


def is_wall(tokens: Sequence[str]) -> bool:
    """Say whether a text is what stands in front of an article: a consent, subscription or robot page."""
    if len(tokens) > LONGEST_WALL:
        return False
    telling = list(compress(tokens, map(_TELLING.__getitem__, tokens)))
    if len(telling) < max(_MIN_WALL_WORDS, _MIN_WALL_SHARE * len(tokens)):
        return False
    return _different(telling, _WALL_WORDS) >= _MIN_WALL_WORDS


def is_robot_check(title: str, text: str) -> bool:
    """Say whether a page asks its reader to prove to be no robot: it is short, and says so in many words."""
    if len(text) > _A_CHECK:
        return False
    named, said = _folded(title), _folded(text)
    if len(text) <= _SHORT_CHECK and (_CHECK_TITLE.fullmatch(named.strip(" .…?!")) or _CHECK_SAID.search(said)):
        return True
    words = _WORD.findall(f"{named} {said}")
    return is_wall(words) and _different(words, _CHECK_WORDS) >= _MIN_CHECK_WORDS


def _folded(text: str) -> str:
    apart = normalize("NFKD", text.casefold().translate(_LETTERS))
    return " ".join("".join(sign for sign in apart if not combining(sign)).split())


def _different(words: Sequence[str], stems: Sequence[str]) -> int:
    return sum(any(word.startswith(stem) for word in words) for stem in stems)
