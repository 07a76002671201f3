"""Libraries that find near copies in memory: sketch, look-up and insert per article; prints JSON.

    python benchmarks/peers/near_copies.py NAME STORED

NAME: datasketch (MinHashLSH, 128 permutations, threshold 0.2) or simhash (its index, distance 3). What is stored before
is drawn, as for presswatch: signatures of no text. Both forget everything when the process ends, and confirm nothing.
"""

import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from press import Press

Add = Callable[[int, Sequence[str]], object]


def runs(tokens: Sequence[str]) -> list[str]:
    """Give every five words in a row, as presswatch compares them."""
    return [" ".join(tokens[at : at + 5]) for at in range(len(tokens) - 4)]


def datasketch(stored: int) -> Add:
    import numpy as np
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=0.2, num_perm=128)
    rng = np.random.default_rng(1)
    model = MinHash(num_perm=128)
    for number in range(stored):
        drawn = rng.integers(0, 2**32, size=128, dtype=np.uint64)
        index.insert(-1 - number, MinHash(hashvalues=drawn, permutations=model.permutations, scheme="affine32"))

    def add(number: int, tokens: Sequence[str]) -> object:
        minhash = MinHash(num_perm=128)
        minhash.update_batch([run.encode() for run in runs(tokens)])
        found = index.query(minhash)
        index.insert(number, minhash)
        return found

    return add


def simhash(stored: int) -> Add:
    from simhash import Simhash, SimhashIndex

    rng = random.Random(1)
    index = SimhashIndex([], k=3)
    for number in range(stored):
        index.add(str(-1 - number), Simhash(rng.getrandbits(64)))

    def add(number: int, tokens: Sequence[str]) -> object:
        value = Simhash(runs(tokens))
        found = index.get_near_dups(value)
        index.add(str(number), value)
        return found

    return add


def main() -> None:
    add = {"datasketch": datasketch, "simhash": simhash}[sys.argv[1]](int(sys.argv[2]))
    press = Press(1)
    figures = {}
    kinds = {
        "new, 450 words": lambda: press.kept(450),
        "edited copy": press.copy,
        "feed item of 60 words": lambda: press.new(60),
    }
    for kind, make in kinds.items():
        batch = [make().tokens for _ in range(300)]
        spent = []
        for number, tokens in enumerate(batch):
            start = time.process_time()
            add(hash((kind, number)), tokens)
            spent.append(time.process_time() - start)
        figures[kind] = sum(spent) / len(spent) * 1e6
    status = Path("/proc/self/status").read_text()
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    print(json.dumps(figures | {"peak memory, MB": peak / 1024}))


if __name__ == "__main__":
    main()
