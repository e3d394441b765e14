"""The generated index, and what the wire layer costs at start."""

import json
import subprocess
import sys
from pathlib import Path

from wheatpaste.wire.index_generated import SERVICES
from wheatpaste.wire.models import service_model

ROOT = Path(__file__).parents[2]


def test_the_index_is_what_botocores_models_say() -> None:
    done = subprocess.run([sys.executable, str(ROOT / "tools/generate_index.py"), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_routing_loads_no_model_and_little_else() -> None:
    code = """
import sys, json
import wheatpaste.wire.route, wheatpaste.wire.protocols, wheatpaste.wire.validate, wheatpaste.wire.sigv4
from wheatpaste.wire.http import Request
from wheatpaste.wire.route import route
route(Request("POST", "/", "", {"X-Amz-Target": "AWSGlue.GetTable"}))
from wheatpaste.wire.models import _models
heavy = [m for m in ("boto3", "cbor2", "aiohttp", "sqlalchemy", "botocore.client", "botocore.session") if m in sys.modules]
print(json.dumps([list(_models), heavy]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [[], []]


def test_the_wire_layer_knows_neither_services_nor_their_tables() -> None:
    for path in (ROOT / "src/wheatpaste/wire").rglob("*.py"):
        text = path.read_text()
        for package in ("services", "auth", "events", "store", "edge", "engines", "tasks"):
            assert f"wheatpaste.{package}" not in text, f"{path.name} imports {package}"


def test_patches_say_why() -> None:
    patches = json.loads((ROOT / "src/wheatpaste/wire/patches.json").read_text())
    for service, entries in patches.items():
        assert service in SERVICES
        service_model(service)
        for entry in entries:
            assert entry["at"] and entry["why"] and ("set" in entry or entry.get("remove")), entry
