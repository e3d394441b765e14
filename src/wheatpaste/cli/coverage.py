"""``wheatpaste coverage``: what is executed, stored and refused, from the registry itself."""

import argparse
import json
from typing import Any

from wheatpaste import service as registry
from wheatpaste.wire.index_generated import SERVICES as INDEX


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("--json", action="store_true", help="{service: {operation: {class, stored, refused}}}")
    parser.add_argument("service", nargs="*", help="only these services, operation by operation")


def coverage() -> dict[str, dict[str, dict[str, Any]]]:
    """``{service: {operation: {"class": …, "stored": [members], "refused": [members]}}}`` of every operation of every service that is
    named."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for name, entry in INDEX.items():
        built = registry.load(name)
        operations = built.operations if built else {}
        found[name] = {}
        for operation in sorted(entry.operations):
            known = operations.get(operation)
            found[name][operation] = {
                "class": known.kind if known else "refused",
                "stored": list(known.stored) if known else [],
                "refused": list(known.refused) if known else [],
            }
    return found


def run(options: argparse.Namespace) -> int:
    """Print a line a service, or a line an operation for those that are asked for."""
    found = coverage()
    if options.json:
        print(json.dumps(found, indent=1))
        return 0
    unknown = [s for s in options.service if s not in found]
    if unknown:
        from wheatpaste.cli import CommandError

        raise CommandError(f"no service {', '.join(unknown)}; known: {', '.join(found)}")
    for name in options.service:
        for operation, entry in found[name].items():
            details = [f"{kind}: {', '.join(entry[kind])}" for kind in ("stored", "refused") if entry[kind]]
            print(f"{name:22} {operation:48} {entry['class']:9} {'; '.join(details)}")
    if not options.service:
        print(f"{'service':26}{'executed':>10}{'stored':>10}{'refused':>10}")
        for name, operations in found.items():
            classes = [entry["class"] for entry in operations.values()]
            print(f"{name:26}" + "".join(f"{classes.count(c):>10}" for c in ("executed", "stored", "refused")))
    return 0
