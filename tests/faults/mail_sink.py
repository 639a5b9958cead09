"""A mail server that takes everything: what it acknowledged, in the order in which it came."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread


class MailSink(ThreadingTCPServer):
    """`received`: each mail whose end the server has acknowledged, or was about to."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.received: list[Message] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.received]


class _Conversation(StreamRequestHandler):
    """As much of RFC 5321 as Python's client speaks; a client that is killed is simply gone."""

    server: MailSink

    def handle(self) -> None:
        try:
            self._talk()
        except ConnectionError:
            return

    def _talk(self) -> None:
        self._say("220 sink")
        while line := self.rfile.readline():
            verb = line.strip().upper().split(b" ")[0]
            if verb == b"DATA":
                self._say("354 go on")
                self._take()
            self._say("250 ok" if verb != b"QUIT" else "221 bye")
            if verb == b"QUIT":
                return

    def _take(self) -> None:
        lines = []
        while line := self.rfile.readline():
            if line == b".\r\n":
                self.server.received.append(message_from_bytes(b"".join(lines)))
                return
            lines.append(line)
        raise ConnectionError

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def mail_sink() -> Iterator[MailSink]:
    with MailSink() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
