"""Who COPY and UNLOAD are in S3: a role, or a pair of keys."""

from dataclasses import dataclass

from wheatpaste.engines.pgwire.session import SqlError
from wheatpaste.engines.redshift.dialect.tokens import Words


@dataclass(frozen=True)
class Credentials:
    """A role's ARN (``default``: the warehouse's own), or keys."""

    role: str = ""
    access_key: str = ""
    secret_key: str = ""
    token: str = ""


def read(words: Words, found: dict[str, str]) -> bool:
    """Read one authorization parameter into ``found``; False when none is next."""
    if words.accept("IAM_ROLE"):
        found["role"] = "default" if words.accept("DEFAULT") else words.string()
    elif words.accept("CREDENTIALS") or words.accept("WITH", "CREDENTIALS"):
        words.accept("AS")
        found.update(_of_text(words.string()))
    elif words.accept("ACCESS_KEY_ID"):
        found["access_key"] = words.string()
    elif words.accept("SECRET_ACCESS_KEY"):
        found["secret_key"] = words.string()
    elif words.accept("SESSION_TOKEN") or words.accept("TOKEN"):
        found["token"] = words.string()
    else:
        return False
    return True


_NAMES = {
    "aws_iam_role": "role",
    "aws_access_key_id": "access_key",
    "aws_secret_access_key": "secret_key",
    "token": "token",
    "session_token": "token",
}


def _of_text(text: str) -> dict[str, str]:
    found = {}
    for part in filter(None, text.split(";")):
        name, _, value = part.partition("=")
        if name.strip() not in _NAMES:
            raise SqlError("22023", f"invalid credentials: {name.strip()} is not recognized")
        found[_NAMES[name.strip()]] = value.strip()
    return found


def settle(found: dict[str, str]) -> Credentials:
    """The credentials of a statement. Raises SqlError when it names none, or keys without their secret."""
    credentials = Credentials(**found)
    if not credentials.role and not (credentials.access_key and credentials.secret_key):
        raise SqlError("XX000", "Must specify credentials: IAM_ROLE, CREDENTIALS, or ACCESS_KEY_ID and SECRET_ACCESS_KEY")
    if credentials.role and credentials.role != "default" and not credentials.role.startswith("arn:"):
        raise SqlError("XX000", f"Invalid IAM role: {credentials.role}")
    return credentials
