"""The LSP base protocol: `Content-Length` headers around bodies. Standard library only.

What cannot be a message comes out as an empty body, so that the reader can say so and go on.
https://microsoft.github.io/language-server-protocol/specifications/lsp/3.18/specification/#baseProtocol
"""

import re
from collections.abc import Iterator

MAX_BODY_BYTES = 256 * 1024 * 1024
MAX_HEAD_BYTES = 64 * 1024


def encode(body: bytes) -> bytes:
    """`body` with its header."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


class Framer:
    """Cuts a stream into bodies, however it is chopped up.

    Header names may be in any case, fields it does not know are passed over, and lines may end in a bare LF.
    Without a usable length, the header block is dropped and the next length is looked for, also behind the
    body that nobody could measure: one bad message costs only itself.
    """

    def __init__(self, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self.max_body_bytes = max_body_bytes
        self._buffer = bytearray()
        self._head = b""
        self._body_at = 0
        self._end = 0
        self._lost = False

    @property
    def pending(self) -> bytes:
        """What came and was not taken; another `Framer` can go on with it."""
        return bytes(self._buffer)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The bodies that are complete with `data`; those the caller does not take stay pending."""
        self._buffer += data
        return iter(self._next, None)

    def header(self, name: str) -> str | None:
        """A header field of the message taken last; its name may be written in any case."""
        for line in self._head.splitlines():
            key, colon, value = line.partition(b":")
            if colon and key.strip().lower() == name.lower().encode():
                return value.strip().decode("utf-8", "replace")
        return None

    def _next(self) -> bytes | None:
        while not self._end:
            if (blank := _BLANK_LINES.match(self._buffer)) is not None:
                del self._buffer[: blank.end()]
            end_of_head = _END_OF_HEAD.search(self._buffer, 0, MAX_HEAD_BYTES)
            if end_of_head is None:
                if len(self._buffer) < MAX_HEAD_BYTES:
                    return None
                if self._drop(len(self._buffer) - _LONGEST_FIELD):
                    return b""
            elif (length := self._length(bytes(self._buffer[: end_of_head.end()]))) is None:
                if self._drop(end_of_head.end()):
                    return b""
            else:
                self._body_at = end_of_head.end()
                self._end = self._body_at + length
                self._lost = False
        if len(self._buffer) < self._end:
            return None
        self._head = bytes(self._buffer[: self._body_at])
        body = bytes(self._buffer[self._body_at : self._end])
        del self._buffer[: self._end]
        self._end = 0
        return body

    def _drop(self, size: int) -> bool:
        """Drop what cannot be read; whether that begins a new gap rather than widening one."""
        del self._buffer[:size]
        was_lost, self._lost = self._lost, True
        return not was_lost

    def _length(self, head: bytes) -> int | None:
        lengths = _LENGTH.findall(head)
        length = int(lengths[-1]) if lengths else None
        return None if length is None or length > self.max_body_bytes else length


_BLANK_LINES = re.compile(rb"[\r\n]+")
_END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
_LENGTH = re.compile(rb"content-length[ \t]*:[ \t]*(\d{1,12})[ \t]*\r?\n", re.IGNORECASE)
_LONGEST_FIELD = 1024
