"""What answers 200 and is no article: "not found", a wall, a check for robots. And how good a text is. Pure.

A short text alone proves nothing, nor does a word alone: each verdict needs both.
"""

import re
from urllib.parse import urlsplit

from crawler.shape import same_site
from news.errors import CrawlError
from news.fetch import Reason
from news.walls import is_robot_check

_NOT_FOUND = re.compile(
    r"^(?:error\W{0,3})?404\b|\b404\W{0,3}(?:error|not found|hata)|page (?:was )?not found"
    r"|(?:page|article) (?:is gone|no longer)|can(?:'|’|no)t (?:be found|find (?:that|the) page)|sayfa bulunamad"
    r"|aradığınız sayfa|səhifə tapılmadı|səhifə mövcud deyil|страница не найдена|seite nicht gefunden|page introuvable"
    r"|página no encontrada|pagina non trovata|الصفحة غير موجودة",
    re.IGNORECASE,
)
_CONSENT_PLACE = re.compile(
    r"^(?:consent|guce|cmp|privacy-gate)\.|/(?:consent|cookie-?wall|privacy-?gate)\b", re.IGNORECASE
)
_CONSENT_WORD = re.compile(
    r"\b(?:cookies?|consent|çerez\w*|kuki\w*|куки|согласи\w+|einwilligung|datenschutz\w*|traceurs)\b", re.IGNORECASE
)
_LOGIN_PLACE = re.compile(
    r"^(?:login|signin|sso|auth|accounts?|id)\.|/(?:log-?in|sign-?in|sign_in|sso|wp-login\.php|giris|uye-girisi|daxil-ol"
    r"|anmelden|connexion|iniciar-sesion)(?:[/.?]|$)",
    re.IGNORECASE,
)
_LOGIN_TITLE = re.compile(
    r"(?:please )?(?:log|sign) ?in(?: (?:to|required|or) .{0,60}|)|login(?: required)?|daxil ol(?:un)?"
    r"|(?:üye )?giri[şs](?: yap(?:ın)?|i)?"
    r"|вход(?: на сайт)?|войти|авторизация|anmelden|anmeldung|connexion|iniciar sesión|تسجيل الدخول",
    re.IGNORECASE,
)
_SHORT, _A_WALL = 700, 2000  # characters
_WORDS_OF_A_STORY, _WORDS_OF_A_HEADING = 120, 25
_SENTENCE_END = frozenset(".!?…:;\"”»'’)。؟")


def check_mask(asked: str, url: str, title: str, text: str) -> None:
    """Raise CrawlError for a page that only looks like what was asked for: a wall, a robot check, a soft 404."""
    if _is_consent(asked, url, text):
        raise CrawlError(Reason.CONSENT_WALL, "a page that asks for consent to cookies")
    if _is_login(asked, url, title, text):
        raise CrawlError(Reason.LOGIN_WALL, "a page that asks to log in")
    if is_robot_check(title, text):
        raise CrawlError(Reason.ROBOT_CHECK, "a page that asks its reader to prove to be no robot")
    if len(text) < _SHORT and (_NOT_FOUND.search(title) or _NOT_FOUND.search(text)):
        raise CrawlError(Reason.SOFT_404, "the page says that it was not found, though the server answered 200")
    if _is_front(url) and not _is_front(asked) and same_site(asked, url):
        raise CrawlError(Reason.SOFT_404, "the address leads to the front page")


def _is_consent(asked: str, url: str, text: str) -> bool:
    parts = urlsplit(url)
    if url != asked and (_CONSENT_PLACE.search(parts.hostname or "") or _CONSENT_PLACE.search(parts.path)):
        return True
    found = len(_CONSENT_WORD.findall(text)) if len(text) < _A_WALL else 0
    return found >= 3 and found * 25 >= len(text.split())


def _is_login(asked: str, url: str, title: str, text: str) -> bool:
    if url != asked and _at_login(url) and not _at_login(asked):
        return True
    return len(text) < _SHORT and _LOGIN_TITLE.fullmatch(title.strip()) is not None


def _at_login(url: str) -> bool:
    parts = urlsplit(url)
    return bool(_LOGIN_PLACE.search(parts.hostname or "") or _LOGIN_PLACE.search(parts.path))


def _is_front(url: str) -> bool:
    parts = urlsplit(url)
    return not parts.path.strip("/") and not parts.query


def quality(text: str) -> float:
    """Return from 0 to 1 how much a text is like an article's: sentences rather than headings, and enough of them."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    letters = sum(map(len, lines))
    if not letters:
        return 0.0
    running = sum(len(line) for line in lines if line[-1] in _SENTENCE_END or len(line.split()) > _WORDS_OF_A_HEADING)
    return round(running / letters * min(1.0, len(text.split()) / _WORDS_OF_A_STORY), 2)
