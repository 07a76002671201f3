"""Topic and list files: what they hold, and every mistake shown where it stands."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from news.article import Article
from news.errors import ConfigError
from presswatch.topicfiles import Example, load_lists, load_topic, load_topic_files
from topics.lint import lint
from topics.matcher import compile_topics

SHIPPED = Path(__file__).parents[2] / "config"


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_topic_has_its_query_with_place_channels_and_examples(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "ties.yaml",
        "title: Defence ties\nchannels: [desk]\nthreshold: 2.5\nquery: |\n  defence AND\n    (cooperat* OR ties)\n"
        "must_match:\n  - A defence pact\n  - {title: Pakt, lang: de}\nmust_not_match:\n  - Farm ties\n",
    )

    file = load_topic(path, {})

    assert file.topic.query == "defence AND\n  (cooperat* OR ties)"
    assert file.topic.at is not None
    assert (file.topic.at.line, file.topic.at.column) == (5, 3)
    assert (file.topic.name, file.topic.channels, file.topic.threshold) == ("ties", ("desk",), 2.5)
    assert [(each.title, each.lang, each.at.line) for each in file.must_match] == [
        ("A defence pact", "", 8),
        ("Pakt", "de", 9),
    ]
    assert [each.title for each in file.must_not_match] == ["Farm ties"]


QUERIES = {
    "block": ("query: |\n  defence\n  AND titel:x\n", 3, 7),
    "plain": ("query: defence titel:x\n", 1, 16),
    "single quotes": ("query: 'defence titel:x'\n", 1, 17),
    "double quotes": ('query: "defence titel:x"\n', 1, 17),
    "block after an empty line": ("query: |\n\n  titel:x\n", 3, 3),
}


@pytest.mark.parametrize(("text", "line", "column"), QUERIES.values(), ids=QUERIES)
def test_mistake_in_a_query_is_shown_in_its_file(tmp_path: Path, text: str, line: int, column: int) -> None:
    path = write(tmp_path, "t.yaml", text)

    with pytest.raises(ConfigError) as caught:
        load_topic(path, {})

    at = caught.value.at
    assert at is not None
    assert (at.file, at.line, at.column) == (str(path), line, column)
    assert path.read_text(encoding="utf-8").splitlines()[line - 1] == at.source_line


MISTAKES = {
    "unknown key": ("qurey: x\n", "unknown key 'qurey'"),
    "no query": ("title: x\n", "no query"),
    "several lines without a bar": ("query:\n  a\n  b\n", "needs a |"),
    "folded block": ("query: >\n  a\n  b\n", "needs a |"),
    "threshold": ("query: x\nthreshold: much\n", "number of points"),
    "unknown key of an example": ("query: x\nmust_match:\n  - titel: y\n", "unknown key 'titel'"),
}


@pytest.mark.parametrize(("text", "message"), MISTAKES.values(), ids=MISTAKES)
def test_mistake_in_a_topic_file_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        load_topic(write(tmp_path, "t.yaml", text), {})

    assert caught.value.at is not None


def test_list_has_entries_by_language_doubts_and_decoys(tmp_path: Path) -> None:
    write(
        tmp_path,
        "states.yaml",
        "title: States\nentries:\n  Georgia:\n    any: Tbilisi\n    en: Georgia, Georgian*\n  NATO:\n"
        "  Jordan: [Jordan, Amman]\nunless:\n  Georgia: Atlanta\ndecoys: [Jordan Henderson]\n",
    )

    states = load_lists(tmp_path)["states"]

    assert states.entries == {"Georgia": ("Tbilisi",), "NATO": ("NATO",), "Jordan": ("Jordan", "Amman")}
    assert states.by_lang == {"en": {"Georgia": ("Georgia", "Georgian*")}}
    assert states.unless == {"Georgia": ("Atlanta",)}
    assert states.decoys == ("Jordan Henderson",)


def test_plain_list_names_itself(tmp_path: Path) -> None:
    write(tmp_path, "kit.yaml", "entries: [F-16, Leopard 2]\n")

    assert load_lists(tmp_path)["kit"].entries == {"F-16": ("F-16",), "Leopard 2": ("Leopard 2",)}


def test_list_includes_others_and_joins_entries_of_one_name(tmp_path: Path) -> None:
    write(tmp_path, "states.yaml", "entries: {Türkiye: Ankara}\ndecoys: [roast turkey]\n")
    write(tmp_path, "makers.yaml", "entries:\n  Türkiye: {en: Baykar}\n  Sweden: [Saab]\n")
    write(tmp_path, "actors.yaml", "include: [states, makers]\nentries: {Türkiye: Turkey}\n")

    actors = load_lists(tmp_path)["actors"]

    assert actors.entries == {"Türkiye": ("Turkey", "Ankara"), "Sweden": ("Saab",)}
    assert actors.by_lang == {"en": {"Türkiye": ("Baykar",)}}
    assert actors.decoys == ("roast turkey",)


LISTS = {
    "included list": ("include: [b]\n", 1, 11),
    "spelling": ("entries:\n  A: aa, b*, cc\n", 2, 10),
    "spelling in a list": ("entries:\n  A:\n    - '@other'\n", 3, 8),
    "language": ("entries:\n  A: {English: aa}\n", 2, 16),
    "doubt about nobody": ("entries: [A]\nunless:\n  B: cc\n", 3, 3),
    "no entries": ("title: x\n", 1, 1),
}


@pytest.mark.parametrize(("text", "line", "column"), LISTS.values(), ids=LISTS)
def test_mistake_in_a_list_is_shown_where_it_stands(tmp_path: Path, text: str, line: int, column: int) -> None:
    write(tmp_path, "l.yaml", text)

    with pytest.raises(ConfigError) as caught:
        load_lists(tmp_path)

    assert caught.value.at is not None
    assert (caught.value.at.line, caught.value.at.column) == (line, column)


def test_version_follows_the_meaning(tmp_path: Path) -> None:
    def version(query: str, spelling: str = "Ankara", *, threshold: int = 0, title: str = "x") -> str:
        write(tmp_path / "lists", "states.yaml", f"entries: {{Türkiye: {spelling}}}\n")
        path = write(tmp_path, "t.yaml", f"title: {title}\nthreshold: {threshold}\nquery: {query}\n")
        return load_topic(path, load_lists(tmp_path / "lists")).topic.version

    same = version("a @states")
    assert version("a  @states", title="another title") == same
    assert version("a @states", "Anatolia") != same
    assert version("a @states", threshold=1) != same
    assert version("b @states") != same
    assert version("a b") == version("a b", "Anatolia")


def test_folder_that_does_not_exist_holds_nothing(tmp_path: Path) -> None:
    assert load_lists(tmp_path / "none") == {}
    assert load_topic_files(tmp_path / "none", {}) == []


def test_shipped_topics_and_lists_are_sound() -> None:
    lists = load_lists(SHIPPED / "lists")
    files = load_topic_files(SHIPPED / "topics", lists)

    compile_topics([file.topic for file in files], lists)

    assert [file.topic.name for file in files] == ["defence-cooperation"]
    assert len(lists["states"].by_lang["en"]) > 190


def test_shipped_topic_passes_its_own_examples_and_leaves_nothing_to_remark() -> None:
    lists = load_lists(SHIPPED / "lists")
    (file,) = load_topic_files(SHIPPED / "topics", lists)
    assert lint(file.topic.query, at=file.topic.at, threshold=file.topic.threshold) == []
    matcher = compile_topics([file.topic], lists)

    def hit(each: Example) -> bool:
        about = Article(url="", title=each.title, text=each.text, lang=each.lang, first_seen_at=datetime.now(UTC))
        return bool(matcher.match(matcher.read(about)))

    assert [each.title for each in file.must_match if not hit(each)] == []
    assert [each.title for each in file.must_not_match if hit(each)] == []
