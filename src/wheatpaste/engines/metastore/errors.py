"""AWS errors as the exceptions that each thrift method declares: an undeclared one would reach the client as "Internal error"."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

from pymetastore.hive_metastore import ThriftHiveMetastore as calls
from pymetastore.hive_metastore import ttypes as hive
from thrift.Thrift import TApplicationException

from wheatpaste.wire.errors import AwsError

log = logging.getLogger(__name__)
HIVE = {  # code → the exceptions that say the same, best first
    "EntityNotFoundException": (hive.NoSuchObjectException, hive.UnknownTableException, hive.UnknownDBException),
    "AlreadyExistsException": (hive.AlreadyExistsException,),
    "InvalidInputException": (hive.InvalidObjectException, hive.InvalidOperationException),
    "ValidationException": (hive.InvalidObjectException, hive.InvalidOperationException),
}
DECLARED_LAST = (hive.MetaException, hive.InvalidOperationException)


class Refused(Exception):
    """The metastore will not do it; the message says why, to people."""


@functools.cache
def declared(method: str) -> tuple[type[Exception], ...]:
    """The exceptions in the method's signature."""
    fields = getattr(calls, f"{method}_result").thrift_spec or ()
    return tuple(field[3][0] for field in fields if field and field[0] != 0)


def translated(method: str, error: Exception) -> Exception:
    code, message = (error.code, f"{error.message} ({error.code})") if isinstance(error, AwsError) else ("", str(error))
    for kind in (*HIVE.get(code, ()), *DECLARED_LAST):
        if kind in declared(method):
            found: Exception = kind(message=message)
            return found
    unknown: Exception = TApplicationException(TApplicationException.INTERNAL_ERROR, message)
    return unknown


def answering(method: str, fn: Callable[..., Any]) -> Callable[..., Any]:
    """`fn`, raising only what `method` may."""

    @functools.wraps(fn)
    def call(*arguments: Any) -> Any:
        try:
            return fn(*arguments)
        except (AwsError, Refused) as error:
            raise translated(method, error) from error
        except declared(method):
            raise
        except Exception as error:
            log.exception("metastore: %s", method)
            raise translated(method, error) from error

    return call
