"""Topics against articles: which match, where, and why."""

from datetime import timedelta

import pytest

from news.errors import ConfigError, QueryError
from news.topic import NameList
from tests.topics.factories import LISTS, NOW, article, met, places, shown, topic
from topics.matcher import compile_topics, parse_query


def test_match_names_topic_version_places_and_reason() -> None:
    matcher = compile_topics([topic('defence NEAR/3 cooperat* OR "iş birliği"', name="ties")], {})
    about = article("Defence cooperation deal", "A pact on co-operation and DEFENCE.")

    (match,) = matcher.match(matcher.read(about))

    assert (match.topic, match.version) == ("ties", "1")
    assert [(place.zone, place.start, place.end, place.clause) for place in match.places] == [
        ("title", 0, 7, "defence"),
        ("title", 8, 19, "cooperat*"),
    ]
    assert match.why == "defence, cooperat* (“cooperation”) in the title"


def test_points_decide_where_a_topic_has_a_threshold() -> None:
    matcher = compile_topics([topic("@states>=2^2 OR deal^2 OR lawyer^-3", threshold=4)], LISTS)

    def why(title: str) -> str | None:
        matches = matcher.match(matcher.read(article(title)))
        return matches[0].why if matches else None

    assert why("Ankara and Baku-Azerbaijan deal") is not None
    assert "4 points of 4" in str(why("Ankara and Azerbaijan deal"))
    assert why("Ankara and Azerbaijan") is None
    assert why("Ankara and Azerbaijan deal, says a lawyer") is None


def test_weight_of_brackets_counts_once_and_of_words_each() -> None:
    def points(query: str) -> bool:
        matcher = compile_topics([topic(query, threshold=2)], {})
        return bool(matcher.match(matcher.read(article("tank missile"))))

    assert points("tank OR missile")
    assert not points("(tank OR missile)^1")
    assert points("(tank OR missile)^1 OR tank^1")


def test_summary_is_read_where_there_is_no_text() -> None:
    about = article("Title", summary="A defence pact")

    assert shown("pact", about) == ["pact"]
    assert places("pact", about)[0].zone == "summary"  # type: ignore[index]
    assert parse_query("x").read(about).tokens == ["title", "a", "defence", "pact"]


def test_tokens_are_folded_words_of_title_and_text_in_order() -> None:
    matcher = compile_topics([], {})

    assert matcher.read(article("İş Birliği", "Bakı'da F-16")).tokens == ["is", "birligi", "baki", "f", "16"]
    assert matcher.match(matcher.read(article("anything"))) == []


def test_lead_is_the_title_and_sixty_words() -> None:
    words = " ".join(f"w{number}" for number in range(1, 100))

    assert met("lead:w60", "title", words)
    assert not met("lead:w61", "title", words)
    assert met("lead:title", "title", words)


def test_fields_of_the_article() -> None:
    about = article(
        "x",
        "x",
        lang="tr-TR",
        source="AZERTAC World",
        group="agencies",
        section="Dünya",
        url="https://example.org/savunma/12",
        authors=("Aysel Quliyeva",),
        published_at=NOW - timedelta(days=3),
    )
    for query in ("lang:tr", "lang:tr-tr", "source:azertac", "source:azer*", 'source:"azertac world"', "group:agencies",
                  "section:dunya", "url:savunma", "url:example.org/*/12", "author:quliyeva", "lang:(az OR tr)",
                  "max_age:4d", "since:2026-03-31", "-lang:en"):  # fmt: skip
        assert places(f"x {query}", about) is not None, query
    for query in ("lang:az", "source:apa", "source:zertac", "group:agenc", "url:defence", "max_age:2d",
                  "since:2026-04-01", "lang:(en OR -tr)"):  # fmt: skip
        assert places(f"x {query}", about) is None, query


def test_list_spelling_holds_in_its_language_or_where_none_is_known() -> None:
    assert met("@states", "Азербайджан", lang="ru")
    assert met("@states", "Азербайджан")
    assert not met("@states", "Азербайджан", lang="uk")


def test_list_entry_does_not_count_where_something_else_is_meant() -> None:
    assert met("@states", "Georgia votes")
    assert not met("@states", "Georgia votes", "The count in Atlanta goes on.")
    assert not met("@states", "Recipes for turkey breast")


def test_several_lists_count_as_one() -> None:
    makers = NameList(name="makers", entries={"Türkiye": ("Baykar",), "Sweden": ("Saab",)})
    lists = LISTS | {"makers": makers}

    assert places("@states+makers>=2", article("Ankara and Baykar"), lists) is None
    assert places("@states+makers>=2", article("Ankara and Saab"), lists) is not None


def test_topic_that_needs_no_word_is_asked_of_every_article() -> None:
    matcher = compile_topics([topic("source:apa OR defence", name="a"), topic("/F-?16/", name="b")], {})

    def names(**about: str) -> list[str]:
        return [match.topic for match in matcher.match(matcher.read(article(**about)))]  # type: ignore[arg-type]

    assert names(title="weather", source="apa") == ["a"]
    assert names(title="an f-16 lands", source="x") == ["b"]


def test_wrong_query_of_a_topic_points_into_its_file() -> None:
    with pytest.raises(QueryError, match="no list named nobody"):
        compile_topics([topic("@nobody")], LISTS)


def test_wrong_spelling_of_a_list_names_the_list() -> None:
    bad = NameList(name="bad", entries={"x": ('"open',)})

    with pytest.raises(ConfigError, match="list bad"):
        compile_topics([topic("@bad")], {"bad": bad})


def test_places_are_at_most_twenty_a_clause() -> None:
    assert len(places("tank", article("tank " * 100)) or ()) == 20


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "query",
    [
        "aa NEAR/3 cc",
        "(aa OR bb) NEAR/500 (cc OR dd)",
        "aa NEAR/s cc",
        '"aa bb cc"~500',
        '"aa aa aa aa bb bb bb cc"~200',
        "@ab>=2 NEAR/2 cc",
        "/a+b/ NEAR/3 cc",
    ],
)
def test_text_made_to_be_slow_is_read_in_time(query: str) -> None:
    lists = {"ab": NameList(name="ab", entries={"A": ("aa",), "B": ("bb",)})}
    about = article("", "aa bb " * 40_000)

    assert places(query, about, lists) is None
    assert places(query.replace("cc", "bb"), about, lists) is not None or "/a+b/" in query


def test_scattered_phrase_is_found_below_a_title_that_ends_alike() -> None:
    assert met('"new new"~1', "new", "new new")
    assert not met('"new deal"~1', "new", "deal")
