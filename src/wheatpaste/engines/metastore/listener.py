"""The front's socket: a thread that accepts, a thread per client; all end with `close`."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from typing import Any

from pymetastore.hive_metastore import ThriftHiveMetastore as calls
from thrift.protocol.TBinaryProtocol import TBinaryProtocolAcceleratedFactory, TBinaryProtocolFactory
from thrift.Thrift import TApplicationException
from thrift.transport.TSocket import TSocket
from thrift.transport.TTransport import TBufferedTransport, TTransportException

from wheatpaste.engines.metastore.catalog import Catalog, Platform
from wheatpaste.engines.metastore.databases import Databases
from wheatpaste.engines.metastore.errors import answering
from wheatpaste.engines.metastore.functions import Functions
from wheatpaste.engines.metastore.partitions import Partitions
from wheatpaste.engines.metastore.tables import Tables

log = logging.getLogger(__name__)
BUFFER = 65536

try:
    import thrift.protocol.fastbinary  # noqa: F401

    PROTOCOL: Any = TBinaryProtocolAcceleratedFactory(fallback=False)
except ImportError:  # no compiled extension on this platform: slower, and right
    PROTOCOL = TBinaryProtocolFactory()


class Answers(Databases, Tables, Partitions, Functions):
    """Every call that is answered, by its thrift name; any other is refused by name."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog


class Handler:
    """What the generated processor calls."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    def __getattr__(self, name: str) -> Callable[..., Any]:
        found = getattr(self._answers, name, None) if not name.startswith("_") else None
        if found is None or name == "catalog":
            log.warning("metastore: %s is not supported", name)
            raise TApplicationException(TApplicationException.UNKNOWN_METHOD, f"the metastore does not support {name}")
        return answering(name, found)


class Metastore:
    """A Hive metastore on 127.0.0.1:`port` that shows the Data Catalog as `aws`'s principal sees it.

    `warehouse` is where databases without a location put their tables; without one, such tables are refused.
    """

    def __init__(self, aws: Platform, warehouse: str = "") -> None:
        self._processor = calls.Processor(Handler(Answers(Catalog(aws, warehouse))))
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._clients: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._closed = False
        threading.Thread(target=self._accept, name=f"metastore {self.port}", daemon=True).start()

    def __enter__(self) -> Metastore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """No client is answered any more."""
        with self._lock:
            self._closed = True
            for end in (self._listening, *self._clients):
                hang_up(end)
            self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:  # closed
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                if self._closed:
                    client.close()
                    return
                self._clients.add(client)
            threading.Thread(target=self._serve, args=(client,), name=f"metastore {self.port} client", daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        wire = TSocket()
        wire.setHandle(client)
        protocol = PROTOCOL.getProtocol(TBufferedTransport(wire, BUFFER))
        try:
            while True:
                self._processor.process(protocol, protocol)
        except (TTransportException, OSError, EOFError):  # it hung up
            return
        except Exception:
            log.exception("metastore: a client of port %s is hung up on", self.port)
        finally:
            with self._lock:
                self._clients.discard(client)
            client.close()


def hang_up(end: socket.socket) -> None:
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:  # it was faster
        return
