"""The library has every published name with its published arguments, and the page says of each what it does."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyspark")

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "awsglue.md"
# Arguments that another name stands for in the generated list, or that Python itself brings.
BUILT_IN = {"__eq__", "__hash__", "__repr__", "__iter__", "__getattr__", "__setattr__"}


def surface() -> Iterator[tuple[str, str | None, str]]:
    """(module, class, `name(arguments)`) of every line."""
    module, owner = "", None
    for line in (HERE / "surface.txt").read_text().splitlines():
        if line.startswith("## "):
            module, owner = line[3:].removesuffix(".py").replace("/", ".").removesuffix("__init__").rstrip("."), None
        elif match := re.match(r"  class (\w+)", line):
            owner = match[1]
        elif match := re.match(r"  def (.*)", line):
            yield module, None, match[1]
        elif match := re.match(r"     (?:@\w+ )?(\w+\(.*)", line):
            yield module, owner, match[1]


LINES = list(surface())


def found(module: str, owner: str | None, name: str) -> Any:
    place = importlib.import_module(".".join(filter(None, ["awsglue", module])))
    return getattr(getattr(place, owner) if owner else place, name)


def arguments(text: str) -> list[str]:
    """The names of `name(a, b=1, *c)`; defaults may hold commas in brackets."""
    inner = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\(\)", "", text[text.index("(") + 1 : text.rindex(")")])
    names = [re.split(r"[:=]", part.strip())[0].strip() for part in inner.split(",") if part.strip()]
    return [name for name in names if name not in ("self", "cls")]


@pytest.mark.parametrize(
    ("module", "owner", "text"), LINES, ids=[f"{module}.{owner or ''}.{text.split('(')[0]}" for module, owner, text in LINES]
)
def test_published_names_have_their_arguments(module: str, owner: str | None, text: str) -> None:
    name = text.split("(")[0]
    there = found(module, owner, name)
    if name in BUILT_IN or isinstance(there, property):
        return
    parameters = inspect.signature(there).parameters.values()
    given = [{p.VAR_POSITIONAL: "*", p.VAR_KEYWORD: "**"}.get(p.kind, "") + p.name for p in parameters if p.name != "self"]
    assert given == arguments(text)


def defaults(text: str) -> dict[str, str]:
    """What `name(a, b=1)` says that arguments are when they are left out."""
    call = ast.parse(f"def {re.sub(r': [A-Z][^=,)]*', '', text)}: ...").body[0]
    assert isinstance(call, ast.FunctionDef)
    names = [argument.arg for argument in call.args.args]
    given = call.args.defaults
    return {name: ast.unparse(value) for name, value in zip(names[len(names) - len(given) :], given, strict=True)}


@pytest.mark.parametrize(
    ("module", "owner", "text"), LINES, ids=[f"{module}.{owner or ''}.{text.split('(')[0]}" for module, owner, text in LINES]
)
def test_published_defaults(module: str, owner: str | None, text: str) -> None:
    wanted = defaults(text)
    there = found(module, owner, text.split("(")[0])
    if text.split("(")[0] in BUILT_IN or not wanted:
        return
    parameters = inspect.signature(there).parameters
    for name, value in wanted.items():
        given = parameters[name].default
        if value.endswith("Type()"):
            assert type(given).__name__ == value[:-2], name
        else:
            assert (given or None) == (ast.literal_eval(value) or None), name


def test_the_page_tells_of_every_name() -> None:
    page = PAGE.read_text()
    told = set(re.findall(r"`(?:[\w.]+\.)?(\w+)(?:\(.*?\))?`", page))
    names = {owner or text.split("(")[0] for _, owner, text in LINES}
    methods = {
        text.split("(")[0]
        for _, owner, text in LINES
        if owner in ("GlueContext", "DynamicFrame", "DynamicFrameCollection", "DataSource", "DataSink", "Job")
    }
    assert {name for name in names | methods if not name.startswith("_")} - told == set()
