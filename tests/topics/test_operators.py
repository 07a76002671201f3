"""Every operator of the language, on texts small enough to check by eye."""

import pytest

from tests.topics.factories import article, met, shown

TITLE = "Bakı'da İŞ BİRLİĞİ: Azerbaijan and Türkiye sign F-16 defence deal"
TEXT = "The ministers of defence met in Ankara. They agreed to work with Equatorial Guinea on turkey breast."
CASES = {
    "one word": ("deal", True),
    "a word that is not there": ("contract", False),
    "a space means and": ("deal ministers", True),
    "and needs both": ("deal AND contract", False),
    "or needs one": ("contract OR deal", True),
    "not": ("deal NOT contract", True),
    "not, met": ("deal NOT ministers", False),
    "minus": ("deal -ministers", False),
    "minus inside a word is no operator": ("F-16", True),
    "and binds tighter than or": ("deal OR contract farm", True),
    "brackets": ("(deal OR contract) farm", False),
    "phrase": ('"defence deal"', True),
    "phrase in the wrong order": ('"deal defence"', False),
    "phrase does not cross from the title into the text": ('"deal the"', False),
    "phrase with words between": ('"sign deal"~3', True),
    "phrase with too many words between": ('"sign deal"~2', False),
    "phrase with words between, any order": ('"deal sign"~3', True),
    "near": ("sign NEAR/4 deal", True),
    "near, either order": ("deal NEAR/4 sign", True),
    "near, too far": ("deal NEAR/3 sign", False),
    "near takes lists": ("@states NEAR/1 sign", True),
    "near takes brackets": ("(contract OR sign) NEAR/2 (f OR nothing)", True),
    "near does not cross from the title into the text": ("deal NEAR/5 ministers", False),
    "near twice": ("ministers NEAR/2 defence NEAR/3 Ankara", True),
    "same sentence": ("ministers NEAR/s Ankara", True),
    "another sentence": ("ministers NEAR/s agreed", False),
    "wildcard at the end": ("cooperat* OR minist*", True),
    "wildcard in front": ("*eement OR *nisters", True),
    "wildcard inside": ("min*ters", True),
    "one unknown letter": ("defen?e", True),
    "an unknown letter is exactly one": ("defen?ce", False),
    "title": ("title:sign", True),
    "title, met in the text only": ("title:Ankara", False),
    "lead holds title and text": ("lead:(sign Ankara)", True),
    "body": ("body:Ankara", True),
    "body, met in the title only": ("body:sign", False),
    "one edit": ("azerbaijam~1", True),
    "two letters swapped": ("azerabijan~1", True),
    "two edits": ("azerpaijam~1", False),
    "exact": ("=Ankara", True),
    "exact wants the capitals": ("=ANKARA", False),
    "regular expression": ("/F-?(16|35)/", True),
    "regular expression, not met": ("/F-?35/", False),
    "list": ("@states", True),
    "list, enough entries": ("@states>=3", True),
    "list, a longer spelling hides a shorter one": ("@states>=4", False),
    "list, an entry left out": ("@states[-Türkiye]>=3", False),
    "joined spelling": ("işbirliği", True),
    "joined spelling, by wildcard": ("isbirlig*", True),
    "number joined to its letter": ("F16", True),
}


@pytest.mark.parametrize(("query", "expected"), CASES.values(), ids=CASES)
def test_operator_means_what_the_reference_says(query: str, expected: bool) -> None:
    assert met(query, TITLE, TEXT) is expected


def test_places_underline_what_is_written() -> None:
    about = article(TITLE, TEXT)

    assert shown('"iş birliği"', about) == ["İŞ BİRLİĞİ"]
    assert shown("Bakı", about) == ["Bakı"]
    assert shown("@states NEAR/1 sign", about) == ["Türkiye", "sign"]
