"""Writes services/<service>/shapes_generated.py: the shapes of the implemented operations as TypedDicts; ``--check`` only compares.

The models are ours (``wheatpaste.wire.models``), so that our patches count. Members that the model requires are required, in requests and
in answers. The others of an answer may be None, which leaves them out. Enumerations are ``str``: clients may send values that are newer.
"""

from __future__ import annotations

import keyword
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import botocore

from wheatpaste import service as registry
from wheatpaste.wire.models import service_model

SERVICES = Path(__file__).resolve().parents[1] / "src" / "wheatpaste" / "services"
SCALARS = {
    "string": "str",
    "character": "str",
    "integer": "int",
    "long": "int",
    "bigdecimal": "Decimal",
    "float": "float",
    "double": "float",
    "boolean": "bool",
    "timestamp": "datetime",
    "blob": "bytes",
}
IMPORTS = {
    "Decimal": "from decimal import Decimal",
    "datetime": "from datetime import datetime",
    "Iterable": "from collections.abc import Iterable",
    "Blob": "from wheatpaste.store.blobs import Blob, BlobRange",
}


class Shapes:
    """The structures that a service's operations use, each once, and what their annotations need imported."""

    def __init__(self, service: str, operations: list[str]) -> None:
        self.needs: set[str] = set()
        self.found: dict[str, Any] = {}
        model = service_model(service)
        for each in map(model.operation_model, operations):
            self._body(each.input_shape, each.get_streaming_input(), answer=False)
            self._body(each.output_shape, each.get_streaming_output(), answer=True)

    def _body(self, shape: Any, streaming: Any, *, answer: bool) -> None:
        if shape is None:
            return
        members = {name: self.annotation(member) for name, member in shape.members.items()}
        if answer:
            members = {name: kind if name in shape.required_members else f"{kind} | None" for name, kind in members.items()}
        if streaming is not None:
            name = shape.serialization["payload"]
            members[name] = "Blob | BlobRange" if answer else "Blob"
            self.needs.add("Blob")
        self.found[shape.name] = (shape, members)

    def annotation(self, shape: Any) -> str:
        """The type of a member, whose structures are added."""
        if getattr(shape, "is_document_type", False):
            self.needs.add("Any")
            return "Any"
        if shape.type_name == "list":
            return f"list[{self.annotation(shape.member)}]"
        if shape.type_name == "map":
            return f"dict[{self.annotation(shape.key)}, {self.annotation(shape.value)}]"
        if shape.type_name == "structure":
            return self._structure(shape)
        found = SCALARS[shape.type_name]
        self.needs |= {found} & set(IMPORTS)
        return found

    def _structure(self, shape: Any) -> str:
        if shape.name not in self.found:
            self.found[shape.name] = None  # a recursive shape ends here
            self.found[shape.name] = (shape, {name: self.annotation(member) for name, member in shape.members.items()})
        if getattr(shape, "is_eventstream", False):
            self.needs.add("Iterable")
            return f"Iterable[{shape.name}]"
        return str(shape.name)

    def text(self) -> str:
        """Every structure's class, by name."""
        return "\n\n".join(declaration(name, *self.found[name]) for name in sorted(self.found))


def declaration(name: str, shape: Any, members: dict[str, str]) -> str:
    """One TypedDict; in functional syntax where a member's name is no identifier."""
    required = set(shape.required_members)
    total = bool(required) and len(required) * 2 >= len(members)
    marked = {member: mark(kind, total, member in required) for member, kind in members.items()}
    suffix = "" if total or not members else ", total=False"
    if all(member.isidentifier() and not keyword.iskeyword(member) for member in members):
        lines = [f"    {member}: {kind}" for member, kind in marked.items()] or ["    pass"]
        return f"class {name}(TypedDict{suffix}):\n" + "\n".join(lines) + "\n"
    lines = [f'        "{member}": "{kind}",' for member, kind in marked.items()]
    return f'{name} = TypedDict(\n    "{name}",\n    {{\n' + "\n".join(lines) + f"\n    }}{suffix},\n)\n"


def mark(kind: str, total: bool, required: bool) -> str:
    """A member's annotation in a TypedDict of that totality."""
    if total == required:
        return kind
    return f"Required[{kind}]" if required else f"NotRequired[{kind}]"


def head(service: str, body: str, needs: set[str]) -> str:
    """The stamp and the imports."""
    marks = [name for name in ("NotRequired", "Required", "TypedDict") if re.search(rf"\b{name}[\[,()]", body)]
    typing = ["Any", *marks] if "Any" in needs else marks
    plain = [IMPORTS[name] for name in ("Iterable", "datetime", "Decimal") if name in needs]
    stored = ["", IMPORTS["Blob"]] if "Blob" in needs else []
    lines = [*plain, f"from typing import {', '.join(typing)}", *stored]
    stamp = f'"""Generated by tools/generate_shapes.py from botocore {botocore.__version__}: the shapes of {service}; do not edit."""'
    return f"{stamp}\n\nfrom __future__ import annotations\n\n" + "\n".join(lines)


def generate(service: str) -> str:
    """The text of a service's file, as ruff formats it."""
    loaded = registry.load(service)
    assert loaded is not None, service
    shapes = Shapes(service, sorted(loaded.operations))
    body = shapes.text()
    text = f"{head(service, body, shapes.needs)}\n\n\n{body}"
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--line-length=140", "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def main() -> int:
    """Write, or with ``--check`` compare."""
    stale = []
    for service in registry.BUILT:
        target = SERVICES / service.replace("-", "_") / "shapes_generated.py"
        wanted = generate(service)
        if target.exists() and target.read_text() == wanted:
            continue
        if "--check" in sys.argv:
            stale.append(target)
        else:
            target.write_text(wanted)
    for target in stale:
        print(f"{target.relative_to(SERVICES.parents[2])} is not what the registry and botocore's models say: run `make generate`")
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
