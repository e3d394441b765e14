"""Undocumented means failing: every service has its page, every command is in the README, the generated coverage is current, links lead
somewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from wheatpaste import service as registry
from wheatpaste.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
PAGES = {"glue": ("glue-catalog", "glue-crawlers", "glue-jobs"), "iam": ("iam-sts",), "sts": ("iam-sts",)}


@pytest.mark.parametrize("name", registry.BUILT)
def test_every_service_has_its_page(name: str) -> None:
    for page in PAGES.get(name, (name.split("-")[0],)):
        text = (ROOT / "docs" / "services" / f"{page}.md").read_text()
        assert len(text) > 500 and "efused" in text, f"{page}.md says too little of what is refused"


def test_every_command_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    assert not [command for command in COMMANDS if f"`{command}`" not in readme and f"wheatpaste {command}" not in readme]


def test_the_generated_coverage_is_current() -> None:
    found = subprocess.run([sys.executable, ROOT / "tools" / "generate_docs.py", "--check"], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr


@pytest.mark.parametrize(
    "page", sorted(str(p.relative_to(ROOT)) for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("patterns/**/*.md")])
)
def test_links_lead_somewhere(page: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", (ROOT / page).read_text())
    missing = [link for link in links if "://" not in link and not ((ROOT / page).parent / link).exists()]
    assert not missing


def test_no_registry_host_is_named() -> None:
    """Packages are named, never the hosts that serve them."""
    hosts = ("pypi" + ".org", "pythonhosted" + ".org", "repo1" + ".maven", "registry.npmjs" + ".org", "proxy.golang" + ".org")
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    texts = ((name, (ROOT / name).read_bytes()) for name in files if name and (ROOT / name).is_file())
    assert not [(name, host) for name, text in texts for host in hosts if host.encode() in text]
