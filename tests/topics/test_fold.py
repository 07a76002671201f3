"""Folding: what the two tiers forgive, and what stays apart."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.topic import Tier
from tests.topics.factories import article, met, places, shown
from topics.fold import loose, plain_forms
from topics.tokens import Ruler, cut, query_words, spans, words

SAME_AT_TIER_1 = {
    "capitals": ("defence", "DEFENCE", ""),
    "Turkish capitals": ("iş birliği", "İŞ BİRLİĞİ", ""),
    "Turkish dotless capital": ("ışık", "IŞIK", "tr"),
    "Turkish dotless capital, language unknown": ("savunma sanayii ışığı", "SAVUNMA SANAYİİ IŞIĞI", ""),
    "English capital I": ("division", "DIVISION", "en"),
    "composed and decomposed": ("işbirliği", unicodedata.normalize("NFD", "işbirliği"), ""),
    "full width": ("NATO", "ＮＡＴＯ", ""),
    "zero width inside": ("defence", "de\u200bfen\u00adce", ""),
    "Cyrillic capitals": ("оборона", "ОБОРОНА", ""),
    "Armenian capitals": ("պաշտպանություն", "ՊԱՇՏՊԱՆՈՒԹՅՈՒՆ", ""),
    "Georgian capitals": ("თავდაცვა", "ᲗᲐᲕᲓᲐᲪᲕᲐ", ""),
    "Greek final sigma": ("στρατός", "ΣΤΡΑΤΌΣ", ""),
}
SAME_AT_TIER_2 = {
    "dotless i": ("isbirligi", "işbirliği"),
    "schwa": ("mudafie", "müdafiə"),
    "yo": ("самолет", "самолёт"),
    "marks": ("Turkiye", "Türkiye"),
    "sharp s": ("Grossbritannien", "Großbritannien"),
    "Arabic letter forms": ("اذربيجان", "أذربيجان"),
    "Arabic vowel signs": ("الدفاع", "الدِّفَاع"),
    "Arabic prefixes": ("تعاون", "والتعاون"),
    "Arabic article in the query": ("الدفاع", "للدفاع"),
    "Persian letters": ("كشور", "کشور"),
    "Arabic digits": ("400", "٤٠٠"),
    "look-alike letters": ("defence", "dеfеnсе"),
    "Ukrainian apostrophe": ("звязок", "зв’язок"),
    "long s and ligatures": ("oeuvre", "œuvre"),
}


@pytest.mark.parametrize(("query", "written", "lang"), SAME_AT_TIER_1.values(), ids=SAME_AT_TIER_1)
def test_tier_1_forgives_case_and_unicode_form(query: str, written: str, lang: str) -> None:
    found = places(f'"{query}"', article(written, lang=lang))

    assert found
    assert {place.tier for place in found} == {Tier.EXACT}


@pytest.mark.parametrize(("query", "written"), SAME_AT_TIER_2.values(), ids=SAME_AT_TIER_2)
def test_tier_2_is_marked(query: str, written: str) -> None:
    found = places(f'"{query}"', article(written))

    assert found
    assert {place.tier for place in found} == {Tier.LOOSE}


@pytest.mark.parametrize(("word", "other"), [("sınır", "sinir"), ("kırmak", "kirmak"), ("ölü", "olu"), ("все", "всё")])
def test_words_that_only_the_loose_fold_merges_are_apart_at_tier_1(word: str, other: str) -> None:
    found = places(word, article(other, lang="tr" if word.isascii() else ""))

    assert found
    assert found[0].tier == Tier.LOOSE


def test_suffix_after_an_apostrophe_is_no_part_of_the_word() -> None:
    assert words("Bakı'da Azerbaijan’s NATO'nun") == ["baki", "azerbaijan", "nato"]
    assert words("dell'industria l'OTAN jusqu'ici") == ["dell", "industria", "l", "otan", "jusqu", "ici"]
    assert words("п'ять зв'язок об’єднання") == ["пять", "звязок", "обєднання"]
    assert shown("Bakı", article("Görüş Bakı'da")) == ["Bakı"]


def test_scripts_without_spaces_are_matched_by_substring() -> None:
    assert met("国防合作", "中国与土耳其国防合作协议")
    assert met("국방", "한국국방부")
    assert met("กลาโหม", "กระทรวงกลาโหม")
    assert not met("国合", "国防合作")


def sentences(text: str) -> list[int]:
    ruler = Ruler(text, text.split(), cut(text.split()))
    return [ruler.sentence(index) for index in range(len(words(text)))]


def test_sentences_end_where_readers_end_them() -> None:
    text = "Gen. Smith met J. Doe in the U.S. capital. He left! دفاع؟ نعم\nBir gün. İki gün… 国防。合作。 Վերջ։ Նոր"
    numbers = sentences(text)

    assert numbers[:10] == [0] * 10
    assert numbers[10:] == [1, 1, 2, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9]


@given(st.text(max_size=60))
def test_spans_cut_out_exactly_the_words(text: str) -> None:
    found = [loose(text[start:end]) for start, end in spans(text)]

    assert found == words(text)
    ruler = Ruler(text, text.split(), cut(text.split()))
    assert [ruler.span(index) for index in range(len(found))] == spans(text)


@given(st.text(alphabet='ab 国.。!\n։"A’İ', max_size=40))
def test_every_word_has_a_sentence_and_sentences_only_go_on(text: str) -> None:
    numbers = sentences(text)

    assert len(numbers) == len(words(text))
    assert numbers == sorted(numbers)


@given(st.text(max_size=20))
def test_loose_fold_is_idempotent(text: str) -> None:
    for word in words(text):
        assert loose(word) == word


@given(st.text(max_size=20))
def test_tier_1_is_finer_than_tier_2(text: str) -> None:
    for word in query_words(text.replace("*", " ").replace("?", " ")):
        assert all(loose(form) == loose(word) for form in plain_forms(word))
