"""What a day of watching comes to: requests, lag, what is missed. Replayed in a minute, and always the same.

    .venv/bin/python benchmarks/day.py [--sources 1000] [--hours 24] [--json]

A made-up press publishes and answers as the real one does: agencies, dailies, weeklies, bursts, lists too short for
them, copies, refusals with Retry-After, hosts that fail, die, move. Everything else is presswatch itself, with a SQLite
file of its own; time is virtual. Ends with status 1 where something listed is missed, or a host was asked too soon.
"""

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from crawler.settings import Limits
from tests.replay.figures import Figures, figures
from tests.replay.newsroom import newsroom
from tests.replay.twice import lived


def main() -> int:
    """Replay a day and print what it came to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, default=1000, metavar="N", help="from 100 on")
    parser.add_argument("--hours", type=float, default=24, help="how much of the day, from midnight on")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    asked = parser.parse_args()
    started = time.process_time()
    press = newsroom(asked.sources)
    found = figures(press, lived(press, asked.hours))
    seconds = time.process_time() - started
    print(json.dumps(asdict(found) | {"cpu_seconds": seconds}, indent=2) if asked.json else table(found, seconds))
    is_kept = not (found.missed or found.overlaps or found.unrecorded) and found.smallest_gap >= Limits().delay / 2
    return 0 if is_kept else 1


def table(found: Figures, seconds: float) -> str:
    """Write the figures down for people."""
    rows = [
        ("sources", f"{found.sources:,} on {found.hosts} hosts"),
        (
            "requests",
            f"{found.requests:,}, {found.busiest_hour:,} in the busiest hour, {found.refused:,} refused or failed",
        ),
        ("the busiest host", f"{max(found.by_host.values()):,} requests"),
        ("two requests to a host", f"at least {found.smallest_gap:.1f} s apart, {found.overlaps} at once"),
        ("articles", f"{found.articles:,} in {found.stories:,} stories"),
        ("published after a first look", f"{found.published:,}, of which {found.seen:,} were seen"),
        ("listed, and missed", f"{found.missed}"),
        ("fell out of a list between two looks", f"{found.fell_out}, and {found.caught_up} found in sitemaps"),
        ("gaps on record", f"{found.gaps}; sources that lost items and have none: {len(found.unrecorded)}"),
        ("CPU", f"{seconds:.0f} s"),
    ]
    width = max(len(name) for name, _ in rows)
    lines = [f"{name:<{width}}  {value}" for name, value in rows]
    lines += [
        "",
        f"{'class':<8}{'sources':>9}{'items':>8}{'asked':>8}{'lag p50':>10}{'lag p95':>10}   (lag: minutes)",
    ]
    for each in found.classes:
        p50, p95 = (f"{lag:.0f}" if lag is not None else "–" for lag in (each.lag_p50, each.lag_p95))
        lines.append(f"{each.rhythm:<8}{each.sources:>9,}{each.published:>8,}{each.polls:>8.0f}{p50:>10}{p95:>10}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
