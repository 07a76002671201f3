"""Related stories: a guess with its grounds, apart from copies."""

from datetime import timedelta

from storage.database import Database
from storage.related import find_related, marks
from tests.storage.arrivals import DAY_ONE, Text, arrive_singly

ENGLISH = (
    "Presidents Ilham Aliyev and Recep Tayyip Erdogan opened the 826-kilometre pipeline near Igdir on Monday. "
    "Officials said that 1,250 workers from Nakhchivan took part, and that 2.5 million cubic metres flow a day."
)
RUSSIAN = (
    "В понедельник президенты Ильхам Алиев и Реджеп Тайип Эрдоган открыли близ города Игдыр трубопровод длиной 826 "
    "километров. В работах участвовали 1250 человек из Нахчывана, линия рассчитана на сутки."
)
OTHER = (
    "Growers around Belmora and Torosk expect 412 tonnes of apples. The union of Marvik warned that only 37 "
    "cold stores are open and that Hallen has none, so Perlin will buy what is left over."
)


def test_translation_is_related_and_shows_what_is_shared(database: Database) -> None:
    with database.write() as connection:
        texts = [ENGLISH, RUSSIAN, OTHER, OTHER.replace("Belmora", "Karsu").replace("412", "99") + " Sanvey too."]
        one, other, *_ = arrive_singly(connection, [Text(source=f"s{n}", text=text) for n, text in enumerate(texts)])
        (found,) = find_related(connection, one)
    assert one != other, "never joined"
    assert found.story_id == other
    assert {"Aliyev", "Erdogan", "826"} <= set(found.shared)


def test_same_names_weeks_later_are_another_matter(database: Database) -> None:
    late = DAY_ONE + timedelta(days=9)
    with database.write() as connection:
        one, _ = arrive_singly(connection, [Text(source="a", text=ENGLISH), Text(source="b", text=RUSSIAN, at=late)])
        assert find_related(connection, one) == []


def test_story_without_articles_has_no_relations(database: Database) -> None:
    with database.read() as connection:
        assert find_related(connection, 7) == []


def test_names_are_one_in_either_alphabet_and_any_case() -> None:
    assert marks("x Эрдогана видел Алиев").keys() == marks("x Erdoğan'ı gördü Əliyev").keys()
    assert marks("The first word. Another begins. In 2026 nothing.") == {}
