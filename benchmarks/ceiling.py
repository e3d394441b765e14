"""A server that does nothing: what the clients of these measurements reach at most on this machine. ``python -m benchmarks.ceiling PORT``."""

import asyncio
import json
import sys

COLUMNS = [{"Name": f"c{i}", "Type": "string"} for i in range(20)]
TABLE = {"Table": {"Name": "t", "DatabaseName": "bench", "StorageDescriptor": {"Columns": COLUMNS}}}


def _answer(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


GET, OTHER = _answer(json.dumps(TABLE).encode()), _answer(b"{}")


class Nothing(asyncio.Protocol):
    """Answers each request as soon as its body is there."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        """Some bytes of a request, or several."""
        self._received += data
        while (end := self._received.find(b"\r\n\r\n")) >= 0:
            head = self._received[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self._received) < end + 4 + length:
                return
            self._received = self._received[end + 4 + length :]
            self._transport.write(GET if b"awsglue.gettable" in head else OTHER)


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Nothing, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
