"""The machine-learning transforms that Glue scripts import: importable, and refused by name when used."""
