"""Pages that look alike and are no copies: the bulletins, notices, forms and walls of `frames.txt`, filled by code.

`{3..9}` is a number; `{town}`, `{person}` … are drawn once a page, `{town2}` is another one than `{town}`.
"""

import random
import re
from collections.abc import Iterator
from pathlib import Path

_FILLINGS = {
    "town": (
        "Hallen",
        "Marvik",
        "Torosk",
        "Belmora",
        "Sanvey",
        "Karsu",
        "Gulabad",
        "Ostrova",
        "Perlin",
        "Dovra",
        "Ilmen",
    ),
    "person": ("Anna Berg", "Murat Kaya", "Oleg Orlov", "Lale Aliyeva", "Jonas Weber", "Mary Stone", "Rosa Lang"),
    "firm": ("Norbay", "Veltronic", "Medaxis", "Flinkbote", "Solberg", "Ordu Yapi", "Kasplift", "Gransee Werke"),
    "month": ("March", "April", "May", "June"),
    "weekday": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_PAGES = 6


def frames(rng: random.Random) -> Iterator[tuple[str, str, bool, list[tuple[str, str]]]]:
    """Give series of pages: a name, a language, whether one site prints them all, and titles with texts."""
    blocks = re.split(r"^=== ", (Path(__file__).parent / "frames.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)
    for block in blocks[1:]:
        head, title, text = block.strip().split("\n", 2)
        name, lang, *places = head.split()
        for place in places:
            yield f"{name}-{place}", lang, place == "one-site", [_fill(title, text, rng) for _ in range(_PAGES)]


def _fill(title: str, text: str, rng: random.Random) -> tuple[str, str]:
    drawn = {}
    for name, choices in _FILLINGS.items():
        drawn[name], drawn[f"{name}2"] = rng.sample(choices, 2)

    def slot(found: re.Match[str]) -> str:
        least, dots, most = found[1].partition("..")
        return str(rng.randint(int(least), int(most))) if dots else drawn[found[1]]

    filled_title, filled_text = (re.sub(r"\{([^}]+)\}", slot, part) for part in (title, text))
    return filled_title, filled_text
