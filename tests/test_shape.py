"""The shape of the code, as STYLE asks: smells that a reader would notice first."""

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("news", "crawler", "storage", "topics", "alerts", "scheduler", "presswatch")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match)
BANNED = ("Manager", "Helper", "Util", "Base", "Handler")
MODULE_LINES, FUNCTION_LINES, NESTING = 400, 40, 3


def functions(path: Path) -> Iterator[FUNCTION]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, FUNCTION):
            yield node


def length(function: FUNCTION) -> int:
    """Lines of code: without decorators, signature and docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (function.end_lineno or 0) - body[0].lineno + 1 if body else 0


def nesting(node: ast.AST) -> int:
    """How deep blocks stand in blocks; an `elif` is no deeper than its `if`."""
    deepest = 0
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FUNCTION | ast.ClassDef | ast.Lambda):
            continue
        elif_ = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
        own = 1 if isinstance(child, BLOCKS) and not elif_ else 0
        deepest = max(deepest, own + nesting(child))
    return deepest


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_is_small_and_says_its_job(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= MODULE_LINES
    assert ast.get_docstring(ast.parse(text))
    assert path.stem not in {"utils", "helpers", "misc", "common"}
    long = [f"{each.name}:{each.lineno}" for each in functions(path) if length(each) > FUNCTION_LINES]
    assert not long, f"functions over {FUNCTION_LINES} lines"
    deep = [f"{each.name}:{each.lineno}" for each in functions(path) if nesting(each) > NESTING]
    assert not deep, f"functions nested deeper than {NESTING}"


def test_no_class_is_named_after_nothing() -> None:
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                assert not node.name.endswith(BANNED), f"{path}: {node.name}"


def test_most_functions_are_short() -> None:
    lengths = [length(each) for path in MODULES for each in functions(path)]
    assert statistics.median(lengths) <= 8
    assert statistics.quantiles(lengths, n=20)[-1] <= 25


def test_only_settings_reads_the_environment() -> None:
    readers = [
        path for path in MODULES if "os.environ" in path.read_text("utf-8") or "getenv" in path.read_text("utf-8")
    ]
    assert [str(path.relative_to(ROOT)) for path in readers] == ["presswatch/settings.py"]


def test_config_is_data_and_never_a_package() -> None:
    assert not list((ROOT / "config").rglob("*.py"))


@pytest.mark.parametrize("word", ["TODO", "FIXME", "XXX"])
def test_nothing_is_left_for_later(word: str) -> None:
    assert not [path for path in MODULES if word in path.read_text("utf-8")]
