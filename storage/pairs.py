"""Two groupings of the same things compared by pairs, without listing the pairs; pure.

Fifty thousand pages of one label are a billion pairs: what can be counted from the sizes of groups is.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from heapq import merge
from math import comb

Cells = dict[tuple[Hashable, Hashable], list[int]]


class Pairs:
    """Things grouped as they should be and as they were; the groups of both name each thing's place in order."""

    def __init__(self, wanted: Sequence[Hashable], found: Sequence[Hashable]) -> None:
        self._both = list(zip(wanted, found, strict=True))
        self._cells: Cells = {}
        for number, cell in enumerate(self._both):
            self._cells.setdefault(cell, []).append(number)
        self._near: defaultdict[tuple[bool, Hashable], list[tuple[Hashable, Hashable]]] = defaultdict(list)
        for cell in self._cells:
            self._near[True, cell[0]].append(cell)
            self._near[False, cell[1]].append(cell)

    def right(self, among: Sequence[bool] | None = None) -> int:
        """Count the pairs of both groupings; with `among`, those of which one or both are marked."""
        return _count(self._both, among)

    def wanted(self, among: Sequence[bool] | None = None) -> int:
        """Count the pairs that belong together."""
        return _count([one for one, _ in self._both], among)

    def found(self) -> int:
        """Count the pairs that were put together."""
        return _count([other for _, other in self._both], None)

    def astray(self) -> list[bool]:
        """Say of each thing whether it was put beside one that it does not belong to."""
        return [len(self._near[False, found]) > 1 for _, found in self._both]

    def wrong_count(self) -> int:
        """Count the pairs of one grouping that are not of the other."""
        return self.wanted() + self.found() - 2 * self.right()

    def wrong(self) -> Iterator[tuple[int, int]]:
        """Give those pairs in order, one after the other as they are asked for."""
        for number, cell in enumerate(self._both):
            others = [
                self._cells[near]
                for near in (*self._near[True, cell[0]], *self._near[False, cell[1]])
                if near != cell and self._cells[near][-1] > number
            ]
            for other in merge(*(each[bisect_right(each, number) :] for each in others)):
                yield number, other


def _count(groups: Sequence[Hashable], among: Sequence[bool] | None) -> int:
    every = sum(comb(size, 2) for size in Counter(groups).values())
    if among is None:
        return every
    others = Counter(group for group, marked in zip(groups, among, strict=True) if not marked)
    return every - sum(comb(size, 2) for size in others.values())
