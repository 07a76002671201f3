"""What is wrong with a setting, and what to write instead: pydantic's findings in our words, without the value."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic_core import ErrorDetails

_LINES = "`key: value` lines are needed here"
_LIST = "a list is needed here, such as [a, b]"
_TEXT = "a text is needed here; put a number or date in quotes"
_WORDS: Mapping[str, str] = {
    "bool_parsing": "write true or false",
    "bool_type": "write true or false",
    "dict_type": _LINES,
    "float_parsing": "a number is needed here",
    "float_type": "a number is needed here",
    "int_from_float": "a whole number is needed here",
    "int_parsing": "a whole number is needed here",
    "int_type": "a whole number is needed here",
    "list_type": _LIST,
    "missing": "this is missing; it must be written",
    "model_attributes_type": _LINES,
    "model_type": _LINES,
    "path_type": "the name of a file is needed here",
    "string_type": _TEXT,
    "too_short": "at least one is needed here",
}
_BOUNDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "greater_than_equal": lambda said: f"too small; write {said['ge']:,} or more",
    "greater_than": lambda said: f"too small; write more than {said['gt']:,}",
    "less_than_equal": lambda said: f"too large; write {said['le']:,} or less",
    "less_than": lambda said: f"too large; write less than {said['lt']:,}",
    "enum": lambda said: f"write {_listed(said['expected'])}",
    "literal_error": lambda said: f"write {_listed(said['expected'])}",
    "union_tag_invalid": lambda said: f"not a kind that there is; write type: {_listed(said['expected_tags'])}",
    "union_tag_not_found": lambda said: f"{said['discriminator']} is missing; it says which kind this is",
}


def complaint(error: ErrorDetails) -> str:
    """Say what is wrong in a sentence."""
    kind = error["type"]
    if kind in _BOUNDS:
        return _BOUNDS[kind](error.get("ctx", {}))
    return _WORDS.get(kind) or error["msg"].removeprefix("Value error, ")


def _listed(expected: object) -> str:
    """ "'a', 'b' or 'c'" without its quotes: "a, b or c"."""
    *most, last = str(expected).replace("'", "").replace(" or ", ", ").split(", ")
    return f"{', '.join(most)} or {last}" if most else last
