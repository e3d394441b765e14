"""Selecting, dropping, renaming and mapping fields."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from pyspark.sql import Column
from pyspark.sql import functions as F

from awsglue import _report
from awsglue import gluetypes as gt
from awsglue._frame.cast import NUMBERS, bare, convert, null_of
from awsglue._frame.choice import column
from awsglue._frame.edit import Value, edit, project
from awsglue._frame.frame import Frame
from awsglue._frame.paths import ELEMENT, Path, as_list, parse_path, resolve, walk
from awsglue._frame.types import OpenChoice, parse_type

log = logging.getLogger("awsglue")


def _found(frame: Frame, paths: str | Iterable[str]) -> list[Path]:
    """The paths that exist, as the schema spells them; unknown ones are ignored, as Glue does."""
    places = [resolve(frame.schema, path) for path in as_list(paths)]
    return [place[0] for place in places if place is not None]


def drop_fields(frame: Frame, paths: str | Iterable[str]) -> Frame:
    """The frame without these fields, however deep; a struct that loses its last field goes too."""
    frame = frame.known
    gone = set(_found(frame, paths))
    for field in frame.schema:
        _add_emptied((field.name,), field.dataType, gone)
    return edit(frame, dict.fromkeys(gone, _nothing))


def _nothing(_value: Value) -> list[Value]:
    """The change of a field that goes."""
    return []


def _add_emptied(path: Path, kind: gt.DataType, gone: set[Path]) -> None:
    """Adds to the paths of fields that go those of structs that have no others; an array's elements stay, without fields."""
    if isinstance(kind, (gt.ArrayType, gt.SetType)):
        _add_emptied((*path, ELEMENT), kind.elementType, gone)
    if isinstance(kind, gt.StructType) and path not in gone:
        for field in kind:
            _add_emptied((*path, field.name), field.dataType, gone)
        if kind.fields and path[-1] != ELEMENT and all((*path, field.name) in gone for field in kind):
            gone.add(path)


def select_fields(frame: Frame, paths: str | Iterable[str]) -> Frame:
    """The frame with these fields only, in the order of the paths; a nested one keeps the structs around it."""
    frame = frame.known
    tree: dict[str, Any] = {}
    for path in _found(frame, paths):
        node = tree
        for step in path[:-1]:
            node = node.setdefault(step, {})
            if node is None:
                break
        else:
            node[path[-1]] = None
    df, value = frame.origin
    return project(frame, _select(frame.schema, tree, value), df)


def _select(struct: gt.StructType, tree: dict[str, Any], value: Any) -> list[Value]:
    fields = []
    for name, below in tree.items():
        kind, col = struct.getField(name).dataType, value(name)
        fields.append((name, kind, col) if below is None else (name, *_select_inside(kind, below, col)))
    return fields


def _select_inside(kind: gt.DataType, tree: dict[str, Any], col: Column) -> tuple[gt.DataType, Column]:
    if isinstance(kind, gt.StructType):
        fields = _select(kind, tree, col.getField)
        made = gt.StructType([gt.Field(name, k) for name, k, _ in fields])
        return made, F.when(col.isNotNull(), F.struct(*[c.alias(name) for name, _, c in fields]))
    if isinstance(kind, (gt.ArrayType, gt.SetType)) and tree.get(ELEMENT) is not None:
        inner, below = kind.elementType, tree[ELEMENT]
        element, _ = _select_inside(inner, below, F.lit(None))
        return type(kind)(element), F.transform(col, lambda item: _select_inside(inner, below, item)[1])
    return kind, col


def rename_field(frame: Frame, old: str, new: str) -> Frame:
    """Renames a field; the new name is a whole path, so that `a.b` to `c` also moves it to the top. A field that has it already goes."""
    frame = frame.known
    place = resolve(frame.schema, old)
    if place is None:
        log.warning("RenameField: there is no field %r in the frame; nothing is renamed", old)
        return frame.then(*frame.rows)
    path, kind = place
    target = parse_path(new)
    parent = walk(frame.schema, target[:-1]) if len(target) > 1 else None
    target = (*(target[:-1] if parent is None else parent[0]), target[-1])
    there = walk(frame.schema, target)
    replaced = [] if there is None or there[0] == path else [there[0]]
    for each in replaced:
        _report.tell(f"RenameField: the frame had a field {'.'.join(each)!r} already; {old!r} took its place")
    if path[:-1] == target[:-1]:
        return edit(frame, {**dict.fromkeys(replaced, _nothing), path: lambda value: [(target[-1], value[1], value[2])]})
    if ELEMENT in path:
        raise ValueError(f"RenameField cannot move {old!r} out of its array to {new!r}; name the whole path of the new field")
    return _move(frame, (path, kind), target, replaced)


def _move(frame: Frame, place: tuple[Path, gt.DataType], target: Path, replaced: Collection[Path]) -> Frame:
    tree = _Tree()
    for field in frame.schema:
        tree.add_fields((field.name,), field.dataType, column(field.name), skip=[place[0], *replaced], opened=target)
    tree.put(target, place[1], value_at(place[0]))
    return project(frame, tree.values())


def value_at(path: Path, value: Callable[[str], Column] = column) -> Column:
    """The values at a path that crosses structs only."""
    col = value(path[0])
    for step in path[1:]:
        col = col.getField(step)
    return col


class _Tree:
    """Target fields under their paths, in order of first mention; structs come into being where paths have several steps."""

    def __init__(self) -> None:
        self.nodes: dict[str, _Tree | tuple[gt.DataType, Column]] = {}

    def put(self, path: Path, kind: gt.DataType, col: Column) -> None:
        if len(path) == 1:
            self.nodes[path[0]] = (kind, col)
            return
        node = self.nodes.get(path[0])
        if not isinstance(node, _Tree):
            node = self.nodes[path[0]] = _Tree()
        node.put(path[1:], kind, col)

    def add_fields(self, path: Path, kind: gt.DataType, col: Column, skip: Collection[Path], opened: Path) -> None:
        """Adds a field as it is, or piece by piece where one of `skip`, or `opened`, lies inside it."""
        if path in skip:
            return
        if isinstance(kind, gt.StructType) and any(each[: len(path)] == path for each in (*skip, opened)):
            for field in kind:
                self.add_fields((*path, field.name), field.dataType, col.getField(field.name), skip, opened)
        else:
            self.put(path, kind, col)

    def values(self) -> list[Value]:
        fields: list[Value] = []
        for name, node in self.nodes.items():
            if isinstance(node, _Tree):
                parts = node.values()
                made = gt.StructType([gt.Field(n, k) for n, k, _ in parts])
                fields.append((name, made, F.struct(*[c.alias(n) for n, _, c in parts])))
            else:
                fields.append((name, *node))
        return fields


Mapping = tuple[str, ...]


def apply_mapping(frame: Frame, mappings: Sequence[Mapping], case_sensitive: bool = False) -> Frame:
    """Keeps the mapped fields only, renamed, converted and nested as the mappings say, in their order."""
    frame = _with_members(frame.known, mappings, case_sensitive)
    df, value = frame.origin
    tree = _Tree()
    for mapping in mappings:
        source, source_type, target, target_type = _four(mapping)
        place = resolve(frame.schema, source, case_sensitive)
        if place is None:
            _report.tell(f"ApplyMapping: there is no field {source!r} in the frame; its mapping is ignored")
            continue
        if ELEMENT in place[0]:
            raise ValueError(f"ApplyMapping cannot map {source!r}: it lies inside an array")
        kind, col = _mapped(place[1], value_at(place[0], value), source_type, target_type, source)
        tree.put(parse_path(target), kind, col)
    return project(frame, tree.values(), df)


def _with_members(frame: Frame, mappings: Sequence[Mapping], case_sensitive: bool) -> Frame:
    """The frame, closed if a mapping takes objects of any members out of a choice: only then must those be known."""
    for source, _, _, target in map(_four, mappings):
        place = None if target is None or not bare(parse_type(target)) else resolve(frame.schema, source, case_sensitive)
        if place is not None and isinstance(place[1], OpenChoice):
            return frame.closed
    return frame


def _four(mapping: Mapping) -> tuple[str, str | None, str, str | None]:
    if not isinstance(mapping, tuple):
        raise TypeError(f"A mapping must be a tuple, not {type(mapping).__name__}: {mapping!r}")
    if len(mapping) == 4:
        return mapping[0], mapping[1], mapping[2], mapping[3]
    if len(mapping) == 3:
        return mapping[0], None, mapping[1], mapping[2]
    if len(mapping) == 2:
        return mapping[0], None, mapping[1], None
    raise ValueError(f"A mapping has 2, 3 or 4 members, not {len(mapping)}: {mapping!r}")


def _mapped(kind: gt.DataType, col: Column, source: str | None, target: str | None, name: str) -> tuple[gt.DataType, Column]:
    if target is None:
        return kind, col
    wanted = parse_type(target)
    declared = parse_type(source) if source else None
    if isinstance(wanted, gt.ChoiceType):
        return kind, col
    if isinstance(kind, gt.ChoiceType) and bare(wanted):
        own = kind.choices.get(wanted.typeName())
        return (wanted, null_of(wanted)) if own is None else (own, col.getField(wanted.typeName()))
    if isinstance(kind, gt.ChoiceType):
        return _mapped_choice(kind, col, declared, wanted)
    try:
        made = convert(col, kind, wanted)
    except ValueError as error:
        raise ValueError(f"ApplyMapping of {name!r}: {error}") from None
    return (kind if made is col else wanted), made


def _mapped_choice(kind: gt.ChoiceType, col: Column, declared: gt.DataType | None, wanted: gt.DataType) -> tuple[gt.DataType, Column]:
    """Of a choice, values of the declared source type are taken, and others as far as they can be made such values."""
    if declared is None or isinstance(declared, gt.ChoiceType):
        return wanted, convert(col, kind, wanted)
    name = declared.typeName()
    if isinstance(kind, OpenChoice) and name == "string":
        return wanted, convert(col, kind, wanted)  # the file's own text was never anything else: nothing is lost by the declared type
    own = kind.choices.get(name)
    images = [] if own is None else [convert(col.getField(name), own, wanted)]
    images += [_through(col.getField(other), choice, declared, wanted) for other, choice in kind.choices.items() if other != name]
    return wanted, F.coalesce(*images) if images else null_of(wanted)


def _through(col: Column, other: gt.DataType, declared: gt.DataType, wanted: gt.DataType) -> Column:
    """A value of another type, if it can be made one of the declared type; among numbers the value itself counts."""
    try:
        if isinstance(other, NUMBERS) and isinstance(declared, NUMBERS):
            return convert(col, other, wanted)
        return convert(convert(col, other, declared), declared, wanted)
    except ValueError:
        return null_of(wanted)
