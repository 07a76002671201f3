"""The language of a text, and what a publisher's claim is worth."""

import pytest

from crawler.language import detect, primary

SENTENCES = {
    "az": "Müdafiə Nazirliyi bildirib ki, iki ölkə arasında əməkdaşlıq haqqında yeni saziş imzalanıb.",
    "tr": "Savunma Bakanlığı, iki ülke arasında iş birliğine ilişkin yeni bir anlaşma imzalandığını açıkladı.",
    "ru": "Министерство обороны сообщило, что две страны подписали новое соглашение о сотрудничестве.",
    "en": "The ministry of defence said that the two countries had signed a new agreement on cooperation.",
    "de": "Das Verteidigungsministerium teilte mit, dass beide Länder ein neues Abkommen unterzeichnet haben.",
    "fr": "Le ministère de la Défense a annoncé que les deux pays avaient signé un nouvel accord de coopération.",
    "uk": "Міністерство оборони повідомило, що дві країни підписали нову угоду про співпрацю.",
    "fa": "وزارت دفاع اعلام کرد که دو کشور توافقنامه جدیدی درباره همکاری امضا کردند.",
    "ar": "أعلنت وزارة الدفاع أن البلدين وقعا اتفاقية جديدة بشأن التعاون.",
}


@pytest.mark.parametrize("lang", SENTENCES)
def test_a_sentence_tells_its_language_whatever_is_claimed(lang: str) -> None:
    assert detect(SENTENCES[lang]) == detect(SENTENCES[lang], "en-US") == lang


def test_too_short_a_text_leaves_it_to_the_claim() -> None:
    assert detect("Baku", "az-AZ") == "az"
    assert detect("12 345 %", "") == ""


def test_half_a_character_does_not_hide_a_texts_language() -> None:
    assert detect(f"\ud800 {SENTENCES['en']}") == "en"


@pytest.mark.parametrize(
    ("tag", "lang"),
    [("en-US", "en"), ("tr_TR", "tr"), ("AZ", "az"), ("", ""), ("x", ""), ("türkçe", ""), ("deu", "deu")],
)
def test_a_tag_is_cut_to_its_first_part(tag: str, lang: str) -> None:
    assert primary(tag) == lang
