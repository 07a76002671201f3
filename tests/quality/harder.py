"""A third labelled set: Arabic texts, leads as feeds carry them, cuts from the middle, checks for robots."""

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

from tests.quality.variants import Original, Specimen, originals

_HERE = Path(__file__).parent
_CHECKS = """
Checking that you are no robot. {site} has to look at the safety of your connection before you go on. Please allow \
scripts and cookies, then load the page again. Number of this request: {number}. Speed by a service of {site}.
لحظة من فضلك، نتحقق من أنك لست روبوتا قبل أن تتابع إلى {site}. فعل ملفات الارتباط ثم أعد تحميل الصفحة. \
رقم الطلب {number}. إذا تكرر هذا فاكتب إلى المشرف واذكر الرقم.
Проверяем, что вы не робот. Сайт {site} должен убедиться в безопасности соединения, прежде чем вы продолжите. \
Включите файлы cookie и обновите страницу. Номер запроса: {number}. Если это повторяется, напишите нам.
""".strip().split("\n")


def harder(seed: int = 11) -> list[Specimen]:
    """Make the set in the order in which it arrives, which is drawn."""
    rng = random.Random(seed)
    sites = (f"outlet{number}" for number in count())
    pages = [page for original in [*_arabic(), *originals()] for page in _made_of(original, sites, rng)]
    pages += _checks(rng)
    rng.shuffle(pages)
    return pages


def _arabic() -> Iterator[Original]:
    for block in (_HERE / "arabic.txt").read_text(encoding="utf-8").split("=== ")[1:]:
        name, title, text = block.strip().split("\n", 2)
        yield Original(name=name, lang="ar", title=title, text=text)


def _made_of(original: Original, sites: Iterator[str], rng: random.Random) -> Iterator[Specimen]:
    words = original.text.split()
    whole = Specimen(
        kind="original",
        story=original.name,
        lang=original.lang,
        site=next(sites),
        title=original.title,
        text=original.text,
    )
    yield whole
    yield replace(whole, kind="verbatim", site=next(sites))
    yield replace(whole, kind="lead", site=next(sites), text=_lead(original.text))
    first = rng.randrange(len(words) // 4, len(words) // 3)
    yield replace(
        whole, kind="middle", site=next(sites), text=" ".join(words[:first] + words[first + len(words) // 3 :])
    )
    edited = [word for word in words if rng.random() > 0.1]
    yield replace(whole, kind="edited", site=next(sites), text=" ".join(edited))


def _lead(text: str) -> str:
    """Give the first sentences, as many as a feed shows."""
    found = ""
    for sentence in re.split(r"(?<=[.!?]) ", text):
        if len(found.split()) < 40:
            found = f"{found} {sentence}".strip()
    return found


def _checks(rng: random.Random) -> Iterator[Specimen]:
    for form, text in enumerate(_CHECKS):
        for number in range(8):
            site = f"guarded{form}x{number}"
            said = text.format(site=f"{site}.example", number=f"{rng.getrandbits(64):016x}")
            yield Specimen(
                kind="robot", story=f"{site}/{number}", lang="", site=site, title=f"One moment: {site}", text=said
            )
