"""``python -m wheatpaste``."""

from wheatpaste.cli import main

main()
