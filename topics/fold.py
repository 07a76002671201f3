"""Folding: the two forms in which a word is compared, and how literal a hit is.

Tier 1 (`plain_forms`) forgives case and Unicode form; tier 2 (`loose`) also marks, dotless ı, ə, ё, Arabic letter
forms, look-alike letters of another alphabet and curly apostrophes. The loose form decides whether a text is hit; the
plain forms only say how literal the hit was: the loose fold merges real words (Turkish sınır, border; sinir, nerve).
"""

import re
import unicodedata

_CACHE_LIMIT = 400_000

_APART = {  # letters that NFKD leaves whole
    "ı": "i", "ə": "e", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ŋ": "n",
    "ґ": "г", "ѐ": "е", "ѝ": "и",
    "ى": "ي", "ة": "ه", "ک": "ك", "ی": "ي", "ې": "ي", "ہ": "ه", "ھ": "ه", "گ": "ك", "ٱ": "ا", "ـ": "",
}  # fmt: skip
_DROPPED = "'’‘ʼ`´＇\u02bb\u02b9\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_LOOSE = str.maketrans(_APART | dict.fromkeys(_DROPPED, ""))
_UNSEEN = str.maketrans(dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", ""))
_TO_LATIN = str.maketrans("авекмнорстухіјѕԁԛԝ", "abekmhopctyxijsdqw")
_TO_CYRILLIC = str.maketrans("abekmhopctyxi", "авекмнорстухі")
_LATIN = re.compile("[a-z]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")


class _Loose(dict[str, str]):
    """Word as written -> loose form, worked out once: a newspaper's words repeat."""

    def __missing__(self, word: str) -> str:
        if len(self) >= _CACHE_LIMIT:
            self.clear()
        form = self[word] = word.lower() if word.isascii() else _loose(word)
        return form


def _loose(word: str) -> str:
    cased = unicodedata.normalize("NFKC", word.translate(_UNSEEN)).casefold()
    spread = unicodedata.normalize("NFKD", cased)
    bare = "".join(_digit(char) for char in spread if unicodedata.category(char) not in {"Mn", "Me"})
    return _one_script(bare.translate(_LOOSE))


def _digit(char: str) -> str:
    return str(unicodedata.decimal(char, char))


def _one_script(word: str) -> str:
    """Undo letters borrowed from a look-alike alphabet: a Cyrillic а inside "defence" is a trick or a slip."""
    if not (_LATIN.search(word) and _CYRILLIC.search(word)):
        return word
    latin = word.translate(_TO_LATIN)
    if not _CYRILLIC.search(latin):
        return latin
    cyrillic = word.translate(_TO_CYRILLIC)
    return word if _LATIN.search(cyrillic) else cyrillic


LOOSE = _Loose()


def loose(word: str) -> str:
    """Give the loose (tier 2) form: the one that decides; idempotent."""
    return LOOSE[word]


def plain_forms(word: str, lang: str = "") -> tuple[str, ...]:
    """Give the tier-1 forms: one, or two where a capital I may be i or ı and the language is not known."""
    seen = unicodedata.normalize("NFKC", word.translate(_UNSEEN)).replace("İ", "i")
    western = seen.lower()
    turkic = seen.replace("I", "ı").lower()
    if lang in {"tr", "az"}:
        return (turkic,)
    return (western,) if lang or western == turkic else (western, turkic)
