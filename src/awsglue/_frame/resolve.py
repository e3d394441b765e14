"""ResolveChoice: what becomes of fields that have several types."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from awsglue import gluetypes as gt
from awsglue._frame.cast import bare, convert, null_of
from awsglue._frame.edit import Change, Value, edit
from awsglue._frame.frame import Frame
from awsglue._frame.paths import ELEMENT, Path, resolve
from awsglue._frame.types import OpenChoice, has_choice, hive_type, parse_type

Spec = tuple[str, str]


def resolve_specs(frame: Frame, specs: Iterable[Spec]) -> Frame:
    """Applies an action to each named field. A name that is not there is ignored; `cast` works on fields without choice too."""
    for path, action in specs:
        frame = _resolve_one(frame, path, action)
    return frame


def _resolve_one(frame: Frame, path: str, action: str) -> Frame:
    change = action_change(action)
    place = resolve(frame.known.schema, path)
    if place is None:
        return frame.known
    if isinstance(place[1], OpenChoice) and not _is_of_one_type(action):
        frame = frame.closed
        place = resolve(frame.schema, path)
    return frame.known if place is None else edit(frame.known, {place[0]: change})


def _is_of_one_type(action: str) -> bool:
    """Whether an action leaves values of one known type: then nobody needs to know which others there are."""
    name, _, kind = action.partition(":")
    return name.lower() in _TYPED and not bare(parse_type(kind))


def resolve_all(frame: Frame, action: str) -> Frame:
    """Applies one action to every choice, nested ones included. An array's element cannot become columns: it becomes a struct."""
    change = action_change(action)
    frame = frame.closed
    while places := list(_outermost(frame.schema)):
        frame = edit(frame, {p: _make_struct if change is _make_cols and p[-1] == ELEMENT else change for p in places})
    return frame


def resolve_with(frame: Frame, declared: gt.StructType) -> Frame:
    """`match_catalog`: every field that the catalog's table has too gets the type declared there."""
    known = frame.known
    changes: dict[Path, Change] = {}
    for field in known.schema:
        wanted = next((f.dataType for f in declared if f.name.lower() == field.name.lower()), None)
        if wanted is not None:
            changes[(field.name,)] = _cast_to(wanted)
    return edit(known, changes)


def _outermost(struct: gt.StructType) -> Iterable[Path]:
    """Paths of the choices that lie inside no other choice."""
    for field in struct:
        for path in _choices_in(field.dataType):
            yield (field.name, *path)


def _choices_in(kind: gt.DataType) -> Iterable[Path]:
    if isinstance(kind, gt.ChoiceType):
        yield ()
    elif isinstance(kind, gt.StructType):
        for field in kind:
            for path in _choices_in(field.dataType):
                yield (field.name, *path)
    elif isinstance(kind, (gt.ArrayType, gt.SetType)) and has_choice(kind.elementType):
        for path in _choices_in(kind.elementType):
            yield (ELEMENT, *path)


def action_change(action: str) -> Change:
    """The change that an action text means: cast:T, project:T, make_cols, make_struct."""
    name, _, kind = action.partition(":")
    if name.lower() in _TYPED and kind:
        return _TYPED[name.lower()](parse_type(kind))
    if name.lower() in _UNTYPED and not kind:
        return _UNTYPED[name.lower()]
    raise ValueError(f"{action!r} is no ResolveChoice action: use cast:<type>, project:<type>, make_cols or make_struct")


def _cast_to(target: gt.DataType) -> Change:
    def change(value: Value) -> list[Value]:
        name, kind, col = value
        try:
            return [(name, target, convert(col, kind, target))]
        except ValueError as error:
            raise ValueError(f"ResolveChoice of {name!r}: {error}") from None

    return change


def _project_to(target: gt.DataType) -> Change:
    """Keeps the values of the target type only. The documentation contradicts itself: one page converts the others."""

    def change(value: Value) -> list[Value]:
        name, kind, col = value
        if not isinstance(kind, gt.ChoiceType):
            return [value] if kind == target else [(name, target, null_of(target))]
        own = kind.choices.get(target.typeName())
        return [(name, target, null_of(target) if own is None else convert(col.getField(target.typeName()), own, target))]

    return change


def _make_cols(value: Value) -> list[Value]:
    name, kind, col = value
    if not isinstance(kind, gt.ChoiceType):
        return [value]
    return [(f"{name}_{alternative}", choice, col.getField(alternative)) for alternative, choice in kind.choices.items()]


def _make_struct(value: Value) -> list[Value]:
    name, kind, col = value
    if not isinstance(kind, gt.ChoiceType):
        return [value]
    return [(name, gt.StructType([gt.Field(alternative, choice) for alternative, choice in kind.choices.items()]), col)]


_TYPED: dict[str, Callable[[gt.DataType], Change]] = {"cast": _cast_to, "project": _project_to}
_UNTYPED: dict[str, Change] = {"make_cols": _make_cols, "make_struct": _make_struct}


def option_action(action: str, target: gt.DataType | None) -> str:
    """A ResolveOption as an action text."""
    name = action.lower()
    if name == "keepasstruct":
        return "make_struct"
    if name not in ("project", "cast"):
        raise ValueError(f"Invalid resolve action {action!r}: use Project, Cast or KeepAsStruct")
    if not isinstance(target, gt.DataType):
        raise ValueError(f"{action} needs a target type of awsglue.gluetypes")
    return f"{name}:{hive_type(target)}"
