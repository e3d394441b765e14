"""Law 1: an operation's annotations are its own AWS shapes, and the generated files are what the models say."""

import ast
import inspect
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tools.generate_shapes import declaration

from wheatpaste import service as registry
from wheatpaste.service import Operation
from wheatpaste.wire.models import operation_model

ROOT = Path(__file__).resolve().parents[1]


def annotations(fn: Callable[..., Any]) -> tuple[str, set[str]]:
    """What the source says of a function's request, and of its answer (``X | Wait`` are two)."""
    definition = ast.parse(textwrap.dedent(inspect.getsource(fn))).body[0]
    assert isinstance(definition, ast.FunctionDef)
    request, answer = definition.args.args[1].annotation, definition.returns
    assert request is not None and answer is not None
    return ast.unparse(request), {part.strip() for part in ast.unparse(answer).split("|")} - {"Wait"}


def wrong(operation: Operation) -> str | None:
    """What is wrong with an operation's signature; None when it is its own shapes.

    A function that is made in a loop for several operations alike (the tags of each IAM entity) can name none of them.
    """
    model = operation_model(operation.service, operation.name)
    wanted, given = [shape.name if shape is not None else "Empty" for shape in (model.input_shape, model.output_shape)]
    request, answer = annotations(operation.fn)
    if "<locals>" in operation.fn.__qualname__:
        wanted, given = "Mapping[str, Any]", "Shape"
    if (request, answer) == (wanted, {given}):
        return None
    return f"{operation.name}(req: {request}) -> {' | '.join(answer)}, not (req: {wanted}) -> {given}"


@pytest.mark.parametrize("name", registry.BUILT)
def test_operations_are_annotated_with_their_own_shapes(name: str) -> None:
    service = registry.load(name)
    assert service is not None
    assert not [said for operation in service.operations.values() if (said := wrong(operation))]


def test_another_operations_shape_is_found() -> None:
    def get_table(call: Any, req: "GetDatabaseRequest") -> "GetTableResponse": ...  # type: ignore[empty-body,name-defined]  # noqa: F821

    get_table.__qualname__ = "get_table"
    said = wrong(Operation("glue", "GetTable", get_table, True, (), (), None, "executed"))
    assert said is not None and "GetTableRequest" in said


def test_generated_shapes_are_current() -> None:
    done = subprocess.run([sys.executable, "tools/generate_shapes.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_shapes_cost_nothing_at_run_time() -> None:
    program = (
        "import sys; from wheatpaste import service as s; [s.load(n) for n in s.BUILT]; print([m for m in sys.modules if 'shapes_g' in m])"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip() == "[]"


class Model:
    """A structure as far as ``declaration`` looks at it."""

    def __init__(self, *required: str) -> None:
        self.required_members = required


@pytest.mark.parametrize(
    ("model", "members", "text"),
    [
        (Model(), {}, "class X(TypedDict):\n    pass\n"),
        (Model(), {"A": "str"}, "class X(TypedDict, total=False):\n    A: str\n"),
        (Model("A"), {"A": "str"}, "class X(TypedDict):\n    A: str\n"),
        (Model("A"), {"A": "str", "B": "X"}, "class X(TypedDict):\n    A: str\n    B: NotRequired[X]\n"),
        (
            Model("A"),
            {"A": "str", "B": "int", "C": "int"},
            "class X(TypedDict, total=False):\n    A: Required[str]\n    B: int\n    C: int\n",
        ),
        (Model(), {"from": "list[X]"}, 'X = TypedDict(\n    "X",\n    {\n        "from": "list[X]",\n    }, total=False,\n)\n'),
    ],
)
def test_declarations(model: Model, members: dict[str, str], text: str) -> None:
    assert declaration("X", model, members) == text
