"""Temporary credentials: minting them (AssumeRole, GetSessionToken), and the tokens by which a run fetches its own again and again."""

import hashlib
import secrets as randomness
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, insert, select

from wheatpaste import ids
from wheatpaste.auth.principals import Principal, assumed_role
from wheatpaste.auth.schema import run_tokens, sessions

if TYPE_CHECKING:
    from wheatpaste.store.secrets import Secrets

HOUR = 3600


@dataclass(frozen=True)
class Credentials:
    """Temporary credentials as their holder sees them."""

    access_key: str
    secret_key: str
    token: str
    expiration: datetime


def digest(token: str) -> str:
    """What is kept of a token: its SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()


def mint(
    db: Connection, secrets: "Secrets", principal: Principal, session_name: str, *, seconds: int = HOUR, policies: list[str] | None = None
) -> Credentials:
    """Credentials for ``principal`` that expire after ``seconds``; those long expired are forgotten on the way."""
    now = time.time()
    made = Credentials(ids.iam_id("ASIA"), ids.secret_key(), randomness.token_urlsafe(192), datetime.fromtimestamp(int(now) + seconds, UTC))
    db.execute(delete(sessions).where(sessions.c.expires < now - 24 * HOUR))
    row = {
        "access_key": made.access_key,
        "account": principal.account,
        "role_arn": principal.role_arn,
        "session_name": session_name,
        "principal": {**asdict(principal), "access_key": made.access_key},
        "secret": secrets.seal(made.secret_key),
        "token": digest(made.token),
        "policies": policies or [],
        "expires": now + seconds,
    }
    db.execute(insert(sessions).values(**row))
    return made


def grant_run(db: Connection, account: str, role_arn: str, session_name: str) -> str:
    """A token by which a run of ``role_arn`` may fetch credentials until ``revoke_run``."""
    token = randomness.token_urlsafe(32)
    db.execute(
        insert(run_tokens).values(token=digest(token), account=account, role_arn=role_arn, session_name=session_name, created=time.time())
    )
    return token


def revoke_run(db: Connection, token: str) -> None:
    """End a run's token; credentials that it fetched live until they expire."""
    db.execute(delete(run_tokens).where(run_tokens.c.token == digest(token)))


def redeem_run(db: Connection, secrets: "Secrets", token: str) -> Credentials | None:
    """Fresh credentials for the run that holds ``token``; None when the token is unknown or revoked."""
    row = db.execute(select(run_tokens).where(run_tokens.c.token == digest(token))).one_or_none()
    if row is None:
        return None
    principal = assumed_role(row.account, row.role_arn, row.session_name)
    return mint(db, secrets, principal, row.session_name)
