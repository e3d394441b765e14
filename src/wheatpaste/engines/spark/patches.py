"""What an old Spark needs to run on the Python that there is.

Spark 3.3 (Glue 4.0) pickles functions with cloudpickle 2.0, which knows code objects up to Python 3.10; where there is 3.11 only, every
lambda that goes to a worker would fail. Its successor 2.2.1 (BSD licence, as locked) takes its place, in the package and in the archive
that workers import.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

PATCHED = {"glue-4.0": "cloudpickle 2.2.1"}  # runtime → what is replaced in it
FOLDER = "pyspark/cloudpickle"


def digest(name: str) -> str:
    """Changes when what is done to the runtime changes."""
    return PATCHED.get(name, "")


def apply(name: str, environment: Path) -> None:
    """Patch the environment, once it is made."""
    if name not in PATCHED:
        return
    [packages] = environment.glob("lib/python3.*/site-packages")
    files = {f"{FOLDER}/{file.name}": adapted(file.read_text()) for file in sorted((packages / "cloudpickle").glob("*.py"))}
    for path, text in files.items():
        (packages / path).write_text(text)
    shutil.rmtree(packages / FOLDER / "__pycache__", ignore_errors=True)
    rewrite(packages / "pyspark" / "python" / "lib" / "pyspark.zip", files)


def adapted(text: str) -> str:
    """The module under its name inside pyspark."""
    return text.replace("from cloudpickle", "from pyspark.cloudpickle").replace("import cloudpickle", "import pyspark.cloudpickle")


def rewrite(archive: Path, files: dict[str, str]) -> None:
    """Replace files in an archive."""
    draft = archive.with_suffix(".part")
    with ZipFile(archive) as old, ZipFile(draft, "w", ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename not in files:
                new.writestr(entry, old.read(entry))
        for path, text in files.items():
            new.writestr(path, text)
    draft.replace(archive)
