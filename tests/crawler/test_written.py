"""Days as people write them."""

from datetime import UTC, datetime

import pytest

from crawler.written import written_day

DAY = datetime(2026, 2, 27, tzinfo=UTC)


@pytest.mark.parametrize(
    "line",
    [
        "27 February 2026", "Published: Feb. 27, 2026", "February 27, 2026", "27 Şubat 2026 Cuma",
        "27 fevral 2026, 13:30",
        "27 февраля 2026 г.", "27. Februar 2026", "27 février 2026", "27 de febrero de 2026", "27 فبراير 2026",
        "27.02.2026",
        "27/02/2026", "02/27/2026", "Published 27.2.2026 13:30",
    ],
)  # fmt: skip
def test_a_day_is_read_in_words_and_numbers(line: str) -> None:
    assert written_day(line) == DAY


@pytest.mark.parametrize(
    "line",
    [
        "", "03/02/2026", "31 February 2026", "27 ships 2026", "version 1.2.2026.4", "13/13/2026",
        "27 February", "x" * 90 + "27.02.2026",
    ],
)  # fmt: skip
def test_what_is_no_certain_day_is_none(line: str) -> None:
    assert written_day(line) is None
