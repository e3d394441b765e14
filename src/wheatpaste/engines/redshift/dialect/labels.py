"""The names that PostgreSQL gives to result columns without an alias."""

from typing import Any

from sqlglot import exp

TYPE_LABELS = {
    "VARCHAR": "varchar",
    "TEXT": "varchar",
    "CHAR": "bpchar",
    "INT": "int4",
    "BIGINT": "int8",
    "SMALLINT": "int2",
    "DECIMAL": "numeric",
    "FLOAT": "float4",
    "DOUBLE": "float8",
    "BOOLEAN": "bool",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIMESTAMPTZ": "timestamptz",
    "TIME": "time",
    "SUPER": "super",
    "OID": "oid",
    "REGCLASS": "regclass",
    "REGTYPE": "regtype",
}

# Functions whose node forgot what they were called.
NODE_LABELS = {
    exp.Coalesce: "coalesce",
    exp.Length: "len",
    exp.Case: "case",
    exp.DecodeCase: "case",
    exp.Nvl2: "case",
    exp.If: "case",
    exp.StrPosition: "strpos",
    exp.Stddev: "stddev",
    exp.Ceil: "ceil",
    exp.Pow: "power",
    exp.Rand: "random",
    exp.CurrentDate: "date",
    exp.LogicalAnd: "bool_and",
    exp.LogicalOr: "bool_or",
    exp.ApproxDistinct: "count",
    exp.Extract: "date_part",
    exp.CurrentUser: "current_user",
    exp.Trim: "btrim",
    exp.CurrentSchema: "current_schema",
    exp.CurrentDatabase: "current_database",
    exp.CurrentVersion: "version",
    exp.Exists: "exists",
    exp.Greatest: "greatest",
    exp.Least: "least",
    exp.Date: "date",
    exp.SHA: "sha1",
    exp.CurrentTimestamp: "timestamp",
    exp.SessionUser: "session_user",
}


def label(tree: Any) -> None:
    """Give every projection without a name the one PostgreSQL would give it, in place."""
    for select in tree.find_all(exp.Select):
        for projection in list(select.expressions):
            if not isinstance(projection, exp.Alias | exp.Star | exp.Aliases) and not _is_column(projection):
                projection.replace(exp.alias_(projection.copy(), name_of(projection), quoted=True))


def _is_column(node: Any) -> bool:
    return isinstance(node, exp.Column) and node.name not in ("user", "current_user", "session_user")


def name_of(node: Any) -> str:
    """PostgreSQL's name of an expression without an alias."""
    if isinstance(node, exp.Column):
        return str(node.name)
    if isinstance(node, exp.Cast | exp.TryCast):
        inner = name_of(node.this)
        return inner if inner != "?column?" else TYPE_LABELS.get(_type_name(node.args["to"]), "?column?")
    if isinstance(node, exp.Window | exp.WithinGroup | exp.Filter | exp.Paren | exp.IgnoreNulls | exp.RespectNulls):
        return name_of(node.this)
    if isinstance(node, exp.Dot | exp.Bracket):
        return name_of(node.expression) if isinstance(node, exp.Dot) else name_of(node.this)
    if isinstance(node, exp.Identifier):
        return str(node.this)
    if isinstance(node, exp.Pad):
        return "lpad" if node.args.get("is_left") else "rpad"
    if isinstance(node, exp.Trim) and node.args.get("position"):
        return {"LEADING": "ltrim", "LTRIM": "ltrim", "BOTH": "btrim"}.get(str(node.args["position"]).upper(), "rtrim")
    if type(node) in NODE_LABELS:
        return NODE_LABELS[type(node)]
    if isinstance(node, exp.Anonymous):
        return str(node.this).lower()
    if isinstance(node, exp.Subquery):
        first = node.this.expressions[0] if isinstance(node.this, exp.Select) and node.this.expressions else None
        return (first.alias_or_name if isinstance(first, exp.Alias | exp.Column) else name_of(first)) or "?column?"
    if isinstance(node, exp.Func) and not isinstance(node, exp.Connector | exp.Concat | exp.RegexpLike | exp.Interval):
        return str(node.meta.get("name") or type(node).sql_names()[0]).lower()
    return "?column?"


def _type_name(kind: Any) -> str:
    return str(kind.this.name if isinstance(kind.this, exp.DType) else kind.this)
