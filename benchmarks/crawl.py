"""Measures presswatch beside its peers: CPU, time and memory of whole processes, on generated feeds on loopback.

    python benchmarks/crawl.py --setup                      install the peers, once
    python benchmarks/crawl.py --feeds 20 200 2000          all figures
    python benchmarks/crawl.py --feeds 200 --only presswatch --repeat 3

Each contender runs a first round on an empty store and then a round in which nothing has changed. The newsroom counts
the requests, and the stores are read afterwards: who loses articles is shown as such. See README.md beside this file.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from contenders import HERE, PEERS_PYTHON, Contender, everybody, holdings, set_up_peers
from limits import Limit, limits
from report import goals, table

ROUNDS = ("first", "unchanged")
TIME_LIMIT = 3600  # seconds for one round


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One size of newsroom, served at `url`."""

    feeds: int
    items: int
    seed: int
    format: str
    url: str
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One round of one contender."""

    contender: str
    full_text: bool
    feeds: int
    round: str
    repeat: int
    exit_status: int
    cpu: float
    system: float
    wall: float
    memory: float
    largest: float
    processes: int
    requests: int
    not_modified: int
    pages: int
    articles: int
    whole: int
    expected: int
    load: float  # of the machine before the round: above 0.3 others were at work


def ask(url: str) -> bytes:
    """GET a page of the newsroom's desk."""
    with urllib.request.urlopen(url, timeout=60) as answer:
        return bytes(answer.read())


@contextmanager
def newsroom(options: argparse.Namespace, feeds: int) -> Iterator[Job]:
    """A newsroom of that size, in a process of its own, and a scratch folder."""
    command = [sys.executable, str(HERE / "newsroom.py"), "--feeds", str(feeds), "--items", str(options.items)]
    command += ["--seed", str(options.seed), "--format", options.format, "--hosts", str(options.hosts)]
    with (
        tempfile.TemporaryDirectory(prefix="presswatch-bench-", dir=options.scratch) as scratch,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server,
    ):
        try:
            assert server.stdout is not None
            url = f"http://127.0.0.1:{int(server.stdout.readline())}"
            folder = Path(scratch)
            (folder / "feeds.txt").write_bytes(ask(f"{url}/feeds.txt"))
            yield Job(
                feeds=feeds, items=options.items, seed=options.seed, format=options.format, url=url, folder=folder
            )
        finally:
            server.terminate()


def filled(command: Sequence[str], folder: Path, job: Job) -> list[str]:
    """A contender's command with its places filled in."""
    return [part.format(dir=folder, feeds=job.folder / "feeds.txt") for part in command]


def prepare(contender: Contender, folder: Path, job: Job) -> None:
    """Whatever a user does once before the first round."""
    environment = {**os.environ, **contender.environment}
    for command in contender.prepare:
        subprocess.run(filled(command, folder, job), check=True, env=environment, capture_output=True, cwd=folder)


def run_round(contender: Contender, folder: Path, job: Job, *, name: str, repeat: int) -> Measured:
    """One measured round: cost, requests, and what the store holds afterwards."""
    ask(f"{job.url}/reset")
    load = os.getloadavg()[0]
    cost_file, log = folder / "cost.json", folder / f"{name}.log"
    command = [sys.executable, str(HERE / "measure.py"), str(cost_file), *filled(contender.round, folder, job)]
    with log.open("w") as output:
        subprocess.run(
            command,
            check=True,
            env={**os.environ, **contender.environment},
            stdout=output,
            stderr=output,
            cwd=folder,
            timeout=TIME_LIMIT,
        )
    cost = json.loads(cost_file.read_text(encoding="utf-8"))
    counts = json.loads(ask(f"{job.url}/stats"))
    held = holdings(contender, folder, seed=job.seed, in_feed=job.format == "html")
    if cost["exit_status"] or held.whole != job.feeds * job.items:
        print(f"    {contender.name}, {name} round: exit status {cost['exit_status']}, {held}; its last words:")
        print("    " + "\n    ".join(log.read_text(errors="replace").splitlines()[-12:]))
    return Measured(
        contender=contender.name,
        full_text=contender.full_text,
        feeds=job.feeds,
        round=name,
        repeat=repeat,
        requests=sum(counts.values()) - counts.get("not_modified", 0),
        not_modified=counts.get("not_modified", 0),
        pages=counts.get("pages", 0),
        articles=held.articles,
        whole=held.whole,
        expected=job.feeds * job.items,
        load=load,
        **cost,
    )


def measure(contender: Contender, job: Job, *, repeat: int) -> Iterator[Measured]:
    """Both rounds of one contender, on a store of its own."""
    with tempfile.TemporaryDirectory(dir=job.folder) as folder:
        try:
            prepare(contender, Path(folder), job)
        except subprocess.CalledProcessError as error:
            print(f"    {contender.name} could not be prepared:\n{error.stderr.decode(errors='replace')}")
            return
        for name in ROUNDS:
            yield run_round(contender, Path(folder), job, name=name, repeat=repeat)


def one_size(
    options: argparse.Namespace, contenders: list[Contender], feeds: int
) -> tuple[list[Measured], list[Limit]]:
    """Everything at one size; contenders take turns, so that a busy minute does not hit only one of them."""
    measured: list[Measured] = []
    with newsroom(options, feeds) as job:
        taking_part = [
            c for c in contenders if feeds <= (options.full_text_up_to if c.full_text else feeds) and feeds <= c.up_to
        ]
        for repeat in range(options.repeat):
            for contender in taking_part:
                what = "full text" if contender.full_text else "feeds only"
                print(f"  {feeds} feeds, {what}, repeat {repeat + 1}: {contender.name}", flush=True)
                measured += measure(contender, job, repeat=repeat)
        alone = limits(job.folder / "feeds.txt", job.folder, options) if options.limits else []
    return measured, alone


def machine() -> dict[str, object]:
    """Where the figures were taken."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    return {"cpu": model, "cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}


def arguments() -> argparse.Namespace:
    """The options."""
    options = argparse.ArgumentParser(description="Measure presswatch beside its peers.")
    options.add_argument("--feeds", type=int, nargs="+", default=[20, 200, 2000])
    options.add_argument("--items", type=int, default=20)
    options.add_argument("--full-text-up-to", type=int, default=200, metavar="FEEDS")
    options.add_argument("--repeat", type=int, default=1, help="rounds to take the median of")
    options.add_argument("--only", nargs="+", default=[], metavar="NAME", help="contenders whose name begins so")
    options.add_argument("--kind", choices=["feeds", "full", "both"], default="both")
    options.add_argument("--format", choices=["rss", "atom", "html"], default="rss")
    options.add_argument("--hosts", type=int, default=1, help="loopback addresses the feeds are spread over")
    options.add_argument("--concurrency", type=int, default=16, help="of presswatch, in all and per host")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--no-limits", dest="limits", action="store_false")
    options.add_argument("--presswatch", type=Path, default=Path(sys.executable).with_name("presswatch"))
    options.add_argument("--scratch", type=Path, default=None, help="folder for the stores (default: the system's)")
    options.add_argument("--json", type=Path, default=None, help="write every figure here")
    options.add_argument("--setup", action="store_true", help="install the peers and stop")
    return options.parse_args()


def chosen(options: argparse.Namespace) -> list[Contender]:
    """The contenders that take part; says who is missing."""
    wanted = []
    for contender in everybody(options.presswatch, concurrency=options.concurrency):
        named = not options.only or contender.name.startswith(tuple(options.only))
        kind = options.kind == "both" or contender.full_text == (options.kind == "full")
        if named and kind and not contender.installed():
            print(f"{contender.name} is not installed and left out: {contender.round[0]} is not there (--setup?)")
        elif named and kind:
            wanted.append(contender)
    return wanted


def main() -> int:
    """Measure what was asked for, print it, and write it down."""
    options = arguments()
    if options.setup:
        set_up_peers()
        return 0
    contenders = chosen(options)
    if options.limits and not PEERS_PYTHON.exists():
        print("the limits alone need the peers' packages and are left out (--setup?)")
        options.limits = False
    measured: list[Measured] = []
    alone: list[Limit] = []
    for feeds in options.feeds:
        rows, found = one_size(options, contenders, feeds)
        measured += rows
        alone += found
        print(table([asdict(row) for row in rows], [asdict(limit) for limit in found]), flush=True)
    verdicts = goals([asdict(row) for row in measured])
    print("\n".join(verdicts))
    if options.json:
        settings = {
            key: str(value) for key, value in vars(options).items() if key not in {"presswatch", "scratch", "json"}
        }
        document = {
            "machine": machine(),
            "options": settings,
            "rounds": [asdict(row) for row in measured],
            "limits": [asdict(limit) for limit in alone],
            "goals": verdicts,
        }
        options.json.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return 0 if all(row.exit_status == 0 and row.whole == row.expected for row in measured) else 1


if __name__ == "__main__":
    sys.exit(main())
