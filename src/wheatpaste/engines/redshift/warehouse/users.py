"""CREATE, ALTER and DROP USER: users who come in with a password of their own."""

import hashlib
import re
import secrets

from wheatpaste.engines.pgwire.session import Parameters, Result, SqlError
from wheatpaste.engines.redshift.dialect.relations import INTERNAL
from wheatpaste.engines.redshift.dialect.tokens import Words
from wheatpaste.engines.redshift.warehouse.results import Command
from wheatpaste.engines.redshift.warehouse.session import Session, quoted
from wheatpaste.engines.redshift.warehouse.statements import Statement

MD5 = re.compile(r"md5[0-9a-f]{32}")
SHA256 = re.compile(r"sha256\|[0-9a-f]{64}\|.+")


def create(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """CREATE USER u [WITH] PASSWORD '…' [CREATEDB] [CREATEUSER] …"""
    words = statement.words.restart()
    words.expect("CREATE", "USER")
    name = words.identifier()
    if session.rows(f"SELECT 1 FROM {INTERNAL}.users WHERE name = {quoted(name)}"):
        raise SqlError("42710", f'user "{name}" already exists')
    password, superuser, createdb, until = _attributes(words, name)
    if password is None:
        raise SqlError("42601", "CREATE USER needs a PASSWORD")
    flags = f"{bool(superuser)}, {bool(createdb)}"
    session.execute(f"INSERT INTO {INTERNAL}.users VALUES ({quoted(name)}, {flags}, {quoted(password)}, {until or 'NULL'})")
    return Command("CREATE USER")


def alter(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """ALTER USER u [WITH] PASSWORD '…' …"""
    words = statement.words.restart()
    words.expect("ALTER", "USER")
    name = words.identifier()
    _known(session, name)
    password, superuser, createdb, until = _attributes(words, name)
    for column, value in (
        ("password", quoted(password) if password is not None else None),
        ("superuser", superuser),
        ("createdb", createdb),
        ("valid_until", until),
    ):
        if value is not None:
            session.execute(f"UPDATE {INTERNAL}.users SET {column} = {value} WHERE name = {quoted(name)}")
    return Command("ALTER USER")


def drop(session: Session, statement: Statement, parameters: Parameters | None) -> Result:
    """DROP USER [IF EXISTS] u [, …]."""
    words = statement.words.restart()
    words.expect("DROP", "USER")
    if_exists = words.accept("IF", "EXISTS")
    names = [words.identifier()]
    while words.accept(","):
        names.append(words.identifier())
    words.end()
    for name in names:
        if not if_exists:
            _known(session, name)
        session.execute(f"DELETE FROM {INTERNAL}.users WHERE name = {quoted(name)}")
    return Command("DROP USER")


def _known(session: Session, name: str) -> None:
    if not session.rows(f"SELECT 1 FROM {INTERNAL}.users WHERE name = {quoted(name)}"):
        raise SqlError("42704", f'user "{name}" does not exist')


def _attributes(words: Words, name: str) -> tuple[str | None, bool | None, bool | None, str | None]:
    """The password as it is kept ('' when disabled), superuser, createdb, and until when it is valid, in SQL."""
    password, superuser, createdb, until = None, None, None, None
    words.accept("WITH")
    while not words.done:
        if words.accept("PASSWORD"):
            password = "" if words.accept("DISABLE") else _digest(words.string(), name)
        elif words.one_of("CREATEUSER", "NOCREATEUSER"):
            superuser = words.peek(-1) == "CREATEUSER"
        elif words.one_of("CREATEDB", "NOCREATEDB"):
            createdb = words.peek(-1) == "CREATEDB"
        elif words.accept("VALID", "UNTIL"):
            moment = words.string()
            until = "NULL" if moment.lower() == "infinity" else f"CAST({quoted(moment)} AS TIMESTAMP)"
        elif words.accept("CONNECTION", "LIMIT", "UNLIMITED") or words.accept("SYSLOG", "ACCESS", "RESTRICTED"):
            continue  # the defaults
        else:
            raise SqlError("0A000", f"the user attribute {words.peek() or words.rest} is not supported by wheatpaste")
    return password, superuser, createdb, until


def _digest(password: str, name: str) -> str:
    """As the wire's front checks it: MD5 of the password and the name, or ``sha256|`` its digest ``|`` its salt."""
    if MD5.fullmatch(password) or SHA256.fullmatch(password):
        return password
    if password.startswith("sha256|"):
        plain, salt = password.removeprefix("sha256|"), secrets.token_hex(16)
        _check(plain)
        return f"sha256|{hashlib.sha256((plain + salt).encode()).hexdigest()}|{salt}"
    _check(password)
    return "md5" + hashlib.md5((password + name).encode()).hexdigest()


def _check(password: str) -> None:
    if not (8 <= len(password) <= 64 and re.search("[a-z]", password) and re.search("[A-Z]", password) and re.search("[0-9]", password)):
        raise SqlError(
            "22023", "password must contain 8 to 64 characters, at least one upper-case and one lower-case letter and one number"
        )
