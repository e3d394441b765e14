"""Redshift's JSON and SUPER functions."""

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from wheatpaste.engines.pgwire.session import SqlError
from wheatpaste.engines.redshift.dialect.calls import arguments, final


def _is_flag(node: Any) -> bool:
    return isinstance(node, exp.Boolean)


def path_text(node: Any) -> Any:
    """JSON_EXTRACT_PATH_TEXT(json, 'a', 'b' [, null_if_invalid]): '' for what is not there; an error for what is no JSON."""
    json, *keys = node.expressions
    lenient = bool(keys) and _is_flag(keys[-1]) and keys[-1].this
    keys = [key for key in keys if not _is_flag(key)]
    return final("rs_json_path_text", json, final("list_value", *keys), exp.true() if lenient else exp.false())


def array_element_text(node: Any) -> Any:
    """JSON_EXTRACT_ARRAY_ELEMENT_TEXT(json, position [, null_if_invalid])."""
    json, position, *flag = node.expressions
    return final("rs_json_element_text", json, position, flag[0] if flag else exp.false())


def array_length(node: Any) -> Any:
    """JSON_ARRAY_LENGTH(json [, null_if_invalid])."""
    json, *flag = node.expressions
    return final("rs_json_array_length", json, flag[0] if flag else exp.false())


def super_object(node: Any) -> Any:
    """OBJECT('a', 1, …)."""
    if len(node.expressions) % 2:
        raise SqlError("22023", "OBJECT requires an even number of arguments")
    return final("json_object", *node.expressions)


REWRITTEN: dict[type, Callable[[Any], Any]] = {
    exp.Array: lambda node: final("list_value" if node.args.get("bracket_notation") else "json_array", *node.expressions),
}

NAMED: dict[str, Callable[[Any], Any]] = {
    "json_parse": lambda node: final("rs_json_parse", *node.expressions),
    "json_extract_path_text": path_text,
    "json_extract_array_element_text": array_element_text,
    "json_array_length": array_length,
    "is_valid_json": lambda node: final("rs_is_valid_json", *node.expressions),
    "is_valid_json_array": lambda node: final("rs_is_valid_json_array", *node.expressions),
    "can_json_parse": lambda node: final("json_valid", *node.expressions),
    "json_serialize": lambda node: exp.cast(node.expressions[0], "text"),
    "json_typeof": lambda node: final("rs_json_typeof", *node.expressions),
    "get_array_length": lambda node: final("rs_array_length", *node.expressions),
    "object": super_object,
    "array": lambda node: final("json_array", *node.expressions),
    "array_concat": lambda node: final("rs_array_concat", *arguments(node, 2, 2)),
    "array_flatten": lambda node: final("rs_array_flatten", *arguments(node, 1, 1)),
    "subarray": lambda node: final("rs_subarray", *arguments(node, 3, 3)),
    "split_to_array": lambda node: final("rs_split_to_array", *[*arguments(node, 1, 2), exp.Literal.string(",")][:2]),
    "is_boolean": lambda node: final("rs_is_json_type", *arguments(node, 1, 1), exp.Literal.string("BOOLEAN")),
    "is_varchar": lambda node: final("rs_is_json_type", *arguments(node, 1, 1), exp.Literal.string("VARCHAR")),
    "is_scalar": lambda node: exp.Not(this=exp.paren(final("rs_is_nested", *arguments(node, 1, 1)))),
    "is_array": lambda node: final("rs_is_json_type", node.expressions[0], exp.Literal.string("ARRAY")),
    "is_object": lambda node: final("rs_is_json_type", node.expressions[0], exp.Literal.string("OBJECT")),
}
