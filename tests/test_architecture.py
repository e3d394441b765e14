"""The architecture's rules, read from the source: who imports whom, how long files and functions are, what every input member is."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from wheatpaste import service as registry
from wheatpaste.wire.models import operation_model

SOURCE = Path(__file__).resolve().parents[1] / "src"
FILES = sorted(SOURCE.rglob("*.py"))
LIBRARIES = {"awsglue", "awsgluedq", "awsglueml"}
FORBIDDEN = {  # a package → what it never imports
    "wheatpaste/wire": (
        "wheatpaste.services",
        "wheatpaste.store",
        "wheatpaste.events",
        "wheatpaste.auth",
        "wheatpaste.tasks",
        "wheatpaste.engines",
    ),
    "wheatpaste/store": ("wheatpaste.services", "wheatpaste.engines", "wheatpaste.edge"),
    "wheatpaste/events": ("wheatpaste.services", "wheatpaste.engines"),
    "wheatpaste/auth": ("wheatpaste.services", "wheatpaste.engines"),
    "wheatpaste/engines": ("wheatpaste.services", "wheatpaste.edge"),
    "wheatpaste_driver": ("wheatpaste",),
    "awsglue": ("wheatpaste",),
    "awsgluedq": ("wheatpaste",),
}
HEAVY = {"pyarrow", "duckdb", "fastavro", "cramjam", "pyspark", "pandas", "boto3"}


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


def imports(node: ast.AST, *, top: bool = False) -> Iterator[str]:
    """Modules that are imported; ``top``: only those at import time."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom) and child.module and child.level == 0:
            yield child.module
            yield from (f"{child.module}.{alias.name}" for alias in child.names)
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        elif not (top and isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)):
            yield from imports(child, top=top)


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


@pytest.mark.parametrize("package", FORBIDDEN)
def test_import_directions(package: str) -> None:
    wrong = [
        f"{f.relative_to(SOURCE)}: {m}"
        for f in (SOURCE / package).rglob("*.py")
        for m in imports(tree(f))
        for bad in FORBIDDEN[package]
        if within(m, bad)
    ]
    assert not wrong, wrong


def test_a_service_imports_no_other_service() -> None:
    folders = [p for p in (SOURCE / "wheatpaste/services").iterdir() if p.is_dir()]
    wrong = [
        f"{f.relative_to(SOURCE)}: {m}"
        for folder in folders
        for f in folder.rglob("*.py")
        for m in imports(tree(f))
        if m.startswith("wheatpaste.services.") and not within(m, f"wheatpaste.services.{folder.name}")
    ]
    assert not wrong, wrong


def test_heavy_libraries_are_imported_by_workers_only() -> None:
    control_plane = [
        f
        for f in (SOURCE / "wheatpaste").rglob("*.py")
        if not {"duckdb", "inspect", "inspector"} & set(f.relative_to(SOURCE).parts) and "worker" not in f.name
    ]
    wrong = [f"{f.relative_to(SOURCE)}: {m}" for f in control_plane for m in imports(tree(f), top=True) if m.split(".")[0] in HEAVY]
    assert not [w for w in wrong if "/crawl/" not in w], wrong


def test_files_are_short() -> None:
    long = {str(f.relative_to(SOURCE)): len(f.read_text().splitlines()) for f in FILES if not f.name.endswith("_generated.py")}
    assert not {name: lines for name, lines in long.items() if lines > 400}


def test_functions_are_short() -> None:
    functions = ((f, n) for f in FILES for n in ast.walk(tree(f)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    long = {f"{f.relative_to(SOURCE)}:{n.name}": (n.end_lineno or 0) - n.lineno + 1 for f, n in functions}
    assert not {name: lines for name, lines in long.items() if lines > 60}


def test_no_exception_is_swallowed() -> None:
    handlers = ((f, h) for f in FILES for h in ast.walk(tree(f)) if isinstance(h, ast.ExceptHandler))
    assert not [f"{f.relative_to(SOURCE)}:{h.lineno}" for f, h in handlers if all(isinstance(b, ast.Pass) for b in h.body)]


@cache
def words(package: Path) -> frozenset[str]:
    """Every string constant, keyword and attribute of a package's source: the names that its code can be reading."""
    found: set[str] = set()
    for file in package.rglob("*.py"):
        for node in ast.walk(tree(file)) if not file.name.endswith("_generated.py") else ():
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= set(node.value.replace("[]", "").split(".")) if len(node.value) < 200 else set()
    return frozenset(found)


@pytest.mark.parametrize("name", registry.BUILT)
def test_every_input_member_is_read_stored_or_refused(name: str) -> None:
    """An input member that the service's code never names would be ignored silently."""
    service = registry.load(name)
    assert service is not None, f"{name} is in BUILT but registers nothing"
    known = words(SOURCE / "wheatpaste/services" / name.replace("-", "_"))
    ignored = [
        f"{operation.name}.{member}"
        for operation in service.operations.values()
        for member in (
            operation_model(name, operation.name).input_shape.members if operation_model(name, operation.name).input_shape else {}
        )
        if member not in known and member not in operation.stored and member not in operation.refused and operation.kind != "stored"
    ]
    assert not ignored, ignored
