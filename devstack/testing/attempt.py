"""A PUT to an object store as it goes over the wire, to be bent in every direction."""

import http.client
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode, urlsplit


@dataclass(frozen=True)
class Attempt:
    """One PUT as it goes over the wire."""

    url: str
    headers: dict[str, str]
    body: bytes

    def send(self, method: str = "PUT") -> int:
        """The status of the answer. A lower layer than httpx, which mends bad headers."""
        target = urlsplit(self.url)
        connection = http.client.HTTPConnection(target.netloc, timeout=10)
        try:
            connection.putrequest(
                method,
                f"{target.path}?{target.query}".rstrip("?"),
                skip_host="Host" in self.headers,
            )
            for name, value in self.headers.items():
                connection.putheader(name, value)
            connection.endheaders(self.body)
            return connection.getresponse().status
        finally:
            connection.close()

    def header(self, name: str, value: str | None) -> "Attempt":
        """With another value, or without this header."""
        left = {key: said for key, said in self.headers.items() if key != name}
        return replace(self, headers=left if value is None else left | {name: value})

    def query(self, name: str, change: Callable[[str], str | None]) -> "Attempt":
        """With another value of a query parameter, or without it."""
        target = urlsplit(self.url)
        given = dict(parse_qsl(target.query, keep_blank_values=True))
        value = change(given.pop(name, ""))
        query = urlencode(given if value is None else given | {name: value})
        return replace(self, url=target._replace(query=query).geturl())

    def path(self, change: Callable[[str], str]) -> "Attempt":
        """To another key."""
        target = urlsplit(self.url)
        return replace(self, url=target._replace(path=change(target.path)).geturl())

    def sending(self, body: bytes) -> "Attempt":
        """Other bytes, with the length that they have."""
        return replace(self, body=body).header("Content-Length", str(len(body)))

    def broken_off(self, after: int) -> bytes:
        """What is answered to a body that ends after so many bytes of those that were announced."""
        target = urlsplit(self.url)
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        line = f"PUT {target.path}?{target.query} HTTP/1.1\r\nHost: {target.netloc}\r\n"
        address = (str(target.hostname), int(target.port or 80))
        with socket.create_connection(address, timeout=10) as connection:
            connection.sendall(f"{line}{head}\r\n".encode() + self.body[:after])
            connection.shutdown(socket.SHUT_WR)
            return connection.recv(65536)
