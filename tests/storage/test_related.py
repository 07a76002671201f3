"""Related stories: a guess with its grounds, apart from copies."""

from datetime import timedelta

from sqlalchemy import select

from storage.articles import Archive
from storage.database import Database
from storage.related import find_related, is_near, marks
from storage.tables import articles
from tests.storage.arrivals import DAY_ONE, Text, arrive_singly
from tests.storage.press import leased, prepared, settlement, tell_all

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


def test_related_story_is_told_like_any_other(database: Database) -> None:
    leases = leased(database, "one", "two")
    texts = [
        prepared(
            number, topics=["defence"], text=text, tokens=text.casefold().split(), url=f"https://{number}.example/"
        )
        for number, text in enumerate((ENGLISH, RUSSIAN))
    ]
    runs = [(lease, [text], settlement()) for lease, text in zip(leases, texts, strict=True)]
    kept = Archive(database).keep_many(runs, now=DAY_ONE, decide=tell_all)
    assert [each.alerts for each in kept if each] == [1, 1]
    with database.read() as connection:
        stories = connection.execute(select(articles.c.story_id).order_by(articles.c.id)).scalars().all()
        assert [each.story_id for each in find_related(connection, stories[0])] == [stories[1]]


def test_names_without_a_figure_must_be_more_of_a_story() -> None:
    assert is_near(0.4, {"rsl", "826"})
    assert not is_near(0.4, {"rsl", "kzkstn"})
    assert is_near(0.6, {"rsl", "kzkstn"})


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
