"""Stories: each arriving article joins the story it is a copy of, or begins its own."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlalchemy import Connection

from news.article import Prepared
from news.story import Joined
from news.walls import is_wall
from storage.boilerplate import cut, find_boilerplate, study
from storage.fingerprint import MIN_SKETCH_SIZE, Body, sketch, take_apart
from storage.likeness import Reading, akin, compare, read
from storage.native import Native
from storage.neighbours import CROWDED, WITNESSES, Loaded, load_near, look_around, write_sketches
from storage.tables import binding

WINDOW = timedelta(days=14)
MIN_SKETCH_SHARED = 3  # of 32 hashes, 2 of a short text's dozen: the exact comparison comes after
MIN_SHORT_SHARED = 2
_CANDIDATES = 8  # compared exactly, the most alike first
_Bind: TypeAlias = Callable[[datetime], object]
_SHELF = 256  # readings kept at hand while a batch is placed


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An article just inserted, waiting for its story."""

    article_id: int
    prepared: Prepared
    body: Body  # its tokens, taken apart
    source: str
    source_id: int = 0  # 0: not known, nothing is learnt of its site


def place_many(
    connection: Connection, arrivals: Sequence[Arrival], *, now: datetime, window: timedelta = WINDOW
) -> list[tuple[int, Joined]]:
    """Find or begin the story of each article, in order; inside the caller's transaction.

    Writes sketches and story rows. The caller writes what is returned to the articles' own rows (`story_id`,
    `joined_*`) in the same transaction, and lets nobody else place articles meanwhile (`hold_pen`).
    """
    if not arrivals:
        return []
    desk = _Desk(connection, arrivals, now - window)
    verdicts = [desk.judge(arrival) for arrival in arrivals]
    desk.write()
    return _settle(connection, arrivals, verdicts)


class _Desk:
    """What is known while a batch is placed: the window's twins and sketches, and the batch's own so far.

    A story that begins in the batch goes by the negative id of its first article until it is written.
    """

    def __init__(self, connection: Connection, arrivals: Sequence[Arrival], since: datetime) -> None:
        self._connection = connection
        self._sites = study(connection, _by_site(arrivals))
        self._hashes = {arrival.article_id: arrival.body.twin for arrival in arrivals}
        self._bodies = {arrival.article_id: self._own(arrival.source_id, arrival.body) for arrival in arrivals}
        self._sketches = {number: frozenset(sketch(set(body.runs))) for number, body in self._bodies.items()}
        self._arrivals = {arrival.article_id: arrival for arrival in arrivals}
        hashes = set().union(*self._sketches.values())
        seen = look_around(connection, set(self._hashes.values()) - {""}, hashes, since)
        self._twins, self._holders = seen.twins, seen.holders
        self._story_of: dict[int, int] = {}
        self._members: dict[int, list[int]] = {}
        self._asked: set[int] = set(self._arrivals)
        self._loaded: dict[int, Loaded] = {}  # texts from the database, taken apart when they are needed
        self._shelf: dict[int, Reading] = {}
        self._kept: dict[int, list[int]] = {}
        others = [number for number in self._arrivals if self._hashes[number] not in self._twins]
        self._fetch({ranked[0] for number in others if (ranked := self._ranked(number))})

    def judge(self, arrival: Arrival) -> tuple[int, Joined]:
        """Give the story of an article and why; remember it for those that come after."""
        story, joined = self._twin(arrival) or self._near(arrival) or (-arrival.article_id, Joined(layer="first"))
        self._remember(arrival.article_id, story)
        return story, joined

    def write(self) -> None:
        """Keep the sketches of the batch for later ones."""
        write_sketches(self._connection, self._kept)

    def _own(self, site: int, body: Body) -> Body:
        """Give a text without what its site puts around every article."""
        own = cut(body.tokens, body.runs, self._sites[site]) if site in self._sites else body.tokens
        return body if own is body.tokens else take_apart(own)

    def _twin(self, arrival: Arrival) -> tuple[int, Joined] | None:
        twin = self._twins.get(self._hashes[arrival.article_id])
        if twin is None or is_wall(arrival.prepared.tokens):
            return None
        return twin[1], Joined(layer="body", with_article=twin[0])

    def _near(self, arrival: Arrival) -> tuple[int, Joined] | None:
        if len(self._shelf) > _SHELF:
            self._shelf.clear()
            self._loaded.clear()
            self._asked = set(self._arrivals)
        ranked = self._ranked(arrival.article_id)
        mine = self._reading(arrival.article_id) if ranked else None
        for holder in ranked[:_CANDIDATES]:
            other = self._reading(holder)
            likeness = compare(mine, other) if mine and other else None
            if mine and likeness and likeness.copy and self._welcomes(self._story_of[holder], mine, holder):
                joined = Joined(layer="near", figure=likeness.figure, with_article=holder)
                return self._story_of[holder], joined
        return None

    def _ranked(self, article: int) -> list[int]:
        """Give the articles whose sketches share enough with an arrival's, the most alike first."""
        mine = self._sketches[article]
        known = mine & self._holders.keys()
        enough = MIN_SKETCH_SHARED if len(mine) > MIN_SKETCH_SIZE else MIN_SHORT_SHARED
        if len(known) < enough:
            return []
        shared = Counter(holder for value in known for holder in self._holders[value])
        return [holder for _, holder in sorted((-count, one) for one, count in shared.items() if count >= enough)]

    def _welcomes(self, story: int, mine: Reading, holder: int) -> bool:
        """Say whether most of the story's earliest members are akin to the text: no story grows by chains.

        The holder was compared already, and what is a copy is akin.
        """
        if story not in self._members:
            self._shelve(load_near(self._connection, [], [story]))
        witnesses = self._members.get(story, [])[:WITNESSES]
        self._fetch(witnesses)
        present = [one for one in witnesses if one in self._arrivals or one in self._shelf or one in self._loaded]
        agreed = int(holder in present)
        for one in present:
            if 2 * agreed > len(present):
                break
            reading = self._reading(one) if one != holder else None
            agreed += reading is not None and akin(mine, reading)
        return 2 * agreed > len(present)

    def _remember(self, article: int, story: int) -> None:
        self._story_of[article] = story
        if story < 0:
            self._members.setdefault(story, []).append(article)
        elif story in self._members:
            self._members[story].append(article)
        if self._hashes[article]:
            self._twins.setdefault(self._hashes[article], (article, story))
        self._hold(self._sketches[article], article)

    def _hold(self, hashes: frozenset[int], article: int) -> None:
        """Put an article under its hashes, those excepted that tell nothing any more."""
        known = hashes & self._holders.keys()
        fresh = hashes - known if known else hashes
        self._holders.update(dict.fromkeys(fresh, (article,)))
        kept = [value for value in known if len(self._holders[value]) < CROWDED]
        for value in kept:
            self._holders[value] += (article,)
        self._kept[article] = [*fresh, *kept]

    def _fetch(self, ids: Iterable[int]) -> None:
        """Bring stored texts to the shelf, with the first members of their stories."""
        missing = set(ids) - self._asked
        if missing:
            self._asked |= missing
            self._shelve(load_near(self._connection, missing))

    def _shelve(self, loaded: Sequence[Loaded]) -> None:
        sites = {each.source_id for each in loaded} - self._sites.keys()
        if sites:
            self._sites |= dict.fromkeys(sites, frozenset[int]()) | find_boilerplate(self._connection, sites)
        members: defaultdict[int, list[int]] = defaultdict(list)
        for each in loaded:
            self._story_of[each.article_id] = each.story_id
            self._loaded[each.article_id] = each
            self._asked.add(each.article_id)
            members[each.story_id].append(each.article_id)
        for story in members.keys() - self._members.keys():
            batch = [one for one in self._arrivals if self._story_of.get(one) == story]
            self._members[story] = [*members[story][:WITNESSES], *batch]

    def _reading(self, article: int) -> Reading | None:
        """Give a text, from the shelf, the batch or the database; None: it expired."""
        if article in self._arrivals and article not in self._shelf:
            arrival = self._arrivals[article]
            kept = arrival.prepared.article
            body, text = self._bodies[article], kept.text or kept.summary
            self._shelf[article] = read(arrival.source, body.tokens, title=kept.title, text=text, hashes=body.hashes)
        self._fetch([article])
        if article in self._loaded and article not in self._shelf:
            each = self._loaded[article]
            tokens: Sequence[str] = each.tokens.split(" ")
            tokens = self._own(each.source_id, take_apart(tokens)).tokens if self._sites[each.source_id] else tokens
            self._shelf[article] = read(each.source, tokens, title=each.title, text=each.text)
        return self._shelf.get(article)


def _by_site(arrivals: Sequence[Arrival]) -> dict[int, list[Sequence[str]]]:
    found: defaultdict[int, list[Sequence[str]]] = defaultdict(list)
    for arrival in arrivals:
        if arrival.source_id:
            found[arrival.source_id].append(arrival.prepared.tokens)
    return found


def _settle(
    connection: Connection, arrivals: Sequence[Arrival], verdicts: Sequence[tuple[int, Joined]]
) -> list[tuple[int, Joined]]:
    """Write the stories, and give each that began in the batch its real id."""
    joining: defaultdict[int, list[Arrival]] = defaultdict(list)
    for arrival, (story, _) in zip(arrivals, verdicts, strict=True):
        joining[story].append(arrival)
    bind = binding(connection.dialect.name)
    begun = [story for story in joining if story < 0]
    ids = {story: story for story in joining}
    if begun:
        ids.update(zip(begun, _begin(connection, [joining[story] for story in begun], bind), strict=True))
    grown = [{"story": story, **_growth(joining[story], bind)} for story in joining if story > 0]
    if grown:
        _GROW.run(connection, grown)
    return [(ids[story], joined) for story, joined in verdicts]


def _begin(connection: Connection, told: Sequence[Sequence[Arrival]], bind: _Bind) -> list[int]:
    """Write stories, each of some articles, and give their ids, which rise in the order given."""
    rows = [[members[0].prepared.article.title, len(members), *_span(members, bind)] for members in told]
    return sorted(number for (number,) in _BEGIN.run(connection, {"rows": json.dumps(rows, ensure_ascii=False)}))


def _growth(members: Sequence[Arrival], bind: _Bind) -> dict[str, object]:
    return {"more": len(members), "last": _span(members, bind)[1]}


def _span(members: Sequence[Arrival], bind: _Bind) -> tuple[str, str]:
    seen = [member.prepared.article.first_seen_at for member in members]
    return str(bind(min(seen))), str(bind(max(seen)))


_BEGIN = Native(  # both databases give ids in the order of the rows
    sqlite="INSERT INTO stories (title, articles, first_seen_at, last_seen_at) SELECT json_extract(value, '$[0]'),"
    " json_extract(value, '$[1]'), json_extract(value, '$[2]'), json_extract(value, '$[3]')"
    " FROM json_each(:rows) ORDER BY key RETURNING id",
    postgresql="INSERT INTO stories (title, articles, first_seen_at, last_seen_at)"
    " SELECT g.row->>0, CAST(g.row->>1 AS int), CAST(g.row->>2 AS timestamptz), CAST(g.row->>3 AS timestamptz)"
    " FROM json_array_elements(CAST(:rows AS json)) WITH ORDINALITY AS g(row, number) ORDER BY number RETURNING id",
)
_GROW = Native(
    sqlite="UPDATE stories SET articles = articles + :more, last_seen_at = max(last_seen_at, :last) WHERE id = :story",
    postgresql="UPDATE stories SET articles = articles + :more,"
    " last_seen_at = greatest(last_seen_at, CAST(:last AS timestamptz)) WHERE id = :story",
)
