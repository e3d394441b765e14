"""PRIMARY KEY, UNIQUE and FOREIGN KEY: Redshift keeps them for its planner and its catalog, and enforces none."""

from dataclasses import dataclass

from wheatpaste.engines.redshift.dialect.tokens import Words

STARTS = ("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN")


@dataclass(frozen=True)
class Constraint:
    """One constraint as it was written; ``parent`` and ``keys`` are a foreign key's."""

    kind: str  # p(rimary), u(nique), f(oreign), as in pg_constraint
    columns: tuple[str, ...]
    name: str = ""
    parent: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()

    def name_in(self, table: str) -> str:
        """Its name: the one that was given, or PostgreSQL's."""
        given = {"p": f"{table}_pkey", "u": f"{table}_{'_'.join(self.columns)}_key", "f": f"{table}_{'_'.join(self.columns)}_fkey"}
        return self.name or given[self.kind]


def read_constraint(words: Words) -> Constraint:
    """Read a constraint of a table. Raises SqlError 42601."""
    name = words.identifier() if words.accept("CONSTRAINT") else ""
    if words.accept("PRIMARY", "KEY"):
        return Constraint("p", tuple(words.names()), name)
    if words.accept("UNIQUE"):
        return Constraint("u", tuple(words.names()), name)
    words.expect("FOREIGN", "KEY")
    columns = tuple(words.names())
    words.expect("REFERENCES")
    return read_reference(words, columns, name)


def read_reference(words: Words, columns: tuple[str, ...], name: str = "") -> Constraint:
    """Read what follows REFERENCES."""
    parent = tuple(words.dotted())
    return Constraint("f", columns, name, parent, tuple(words.names()) if words.peek() == "(" else ())
