"""What a driver tells its server, as JSON: a file is there as a whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def encoded(value: Any) -> bytes:
    """JSON that every reader can keep: what is half a character (a lone surrogate, as file names may have them) is a question mark."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def keep(file: Path, value: Any) -> None:
    """Replace the file."""
    draft = file.with_suffix(".part")
    draft.write_bytes(encoded(value))
    os.replace(draft, file)
