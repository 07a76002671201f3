"""Wire credit and who was first."""

from datetime import UTC, datetime, timedelta

import pytest

from news.article import Article
from storage.syndication import syndication, wire_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
BODY = "The ministers signed the protocol in the port on Monday and left without a word to those who were waiting."


def article(text: str = BODY, **fields: object) -> Article:
    return Article(**{"url": "https://a.example/1", "title": "T", "text": text, "first_seen_at": NOON, **fields})  # type: ignore[arg-type]


CREDITED = {
    "Anadolu dateline": (f"ANKARA (AA) - {BODY}", "AA"),
    "Reuters dateline": (f"LONDON, March 1 (Reuters) - {BODY}", "Reuters"),
    "AP dateline": (f"WASHINGTON (AP) — {BODY}", "AP"),
    "dpa with its regional desk": (f"Berlin (dpa/lnw) - {BODY}", "dpa"),
    "TASS between strokes": (f"МОСКВА, 1 марта. /ТАСС/. {BODY}", "TASS"),
    "Azertac after the day": (f"Bakı, 1 mart, AZƏRTAC. {BODY}", "AZERTAC"),
    "RIA after a dash": (f"МОСКВА, 1 мар — РИА Новости. {BODY}", "RIA Novosti"),
    "Interfax after the day": (f"Москва. 1 марта. INTERFAX.RU - {BODY}", "Interfax"),
    "APA as the source": (f"{BODY} Mənbə: APA", "APA"),
    "Turkish source line": (f"{BODY} Kaynak: AA", "AA"),
    "German source line": (f"{BODY} Quelle: dpa", "dpa"),
    "copyright line": (f"{BODY} © 2026 AFP", "AFP"),
    "brackets at the end": (f"{BODY} (AFP)", "AFP"),
    "Reuters' desk line": (f"{BODY} (Reporting by Ann Bell in Lindau; Editing by Bob Hay)", "Reuters"),
    "Arabic dateline": (f"أنقرة (رويترز) - {BODY}", "Reuters"),
}


@pytest.mark.parametrize(("text", "wire"), CREDITED.values(), ids=CREDITED.keys())
def test_text_that_credits_an_agency_is_its(text: str, wire: str) -> None:
    assert wire_of(article(text)) == wire


def test_byline_counts_before_the_text() -> None:
    assert wire_of(article(f"ANKARA (AA) - {BODY}", authors=("Reuters Staff",))) == "Reuters"


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        f"{BODY} An official told Reuters on Monday that more would follow, and left for the airport soon after.",
        f"Sources told AFP that the talks failed. {BODY}",
        f"The agency TASS reported on Monday that the talks failed. {BODY} {BODY} {BODY}",
        f"AAA batteries and APAs are not agencies. {BODY}",
    ],
)
def test_quoting_an_agency_is_no_credit(text: str) -> None:
    assert wire_of(article(text)) == ""


def test_first_is_who_we_saw_first_and_the_wire_is_what_most_credit() -> None:
    articles = [
        article(f"{BODY} (AFP)", source="late", first_seen_at=NOON + timedelta(hours=2)),
        article(source="early", published_at=NOON + timedelta(days=9)),
        article(f"{BODY} (AFP)", source="middle", first_seen_at=NOON + timedelta(hours=1)),
        article(f"ANKARA (AA) - {BODY}", source="last", first_seen_at=NOON + timedelta(hours=3)),
        article(source="middle", first_seen_at=NOON + timedelta(hours=5)),
    ]
    found = syndication(articles)
    assert [outlet.source for outlet in found.outlets] == ["early", "middle", "late", "last"]
    assert found.wire == "AFP"
    assert syndication([article()]).wire == ""
