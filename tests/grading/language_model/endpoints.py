"""A real HTTP server that answers chat completions as a test says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Asked:
    """What came in: path, key, and the body."""

    path: str
    authorization: str | None
    body: dict[str, Any]


Behaviour = Callable[[BaseHTTPRequestHandler, Asked], None]


@dataclass
class Told:
    """A server that is running, and what it was asked."""

    url: str
    asked: list[Asked] = field(default_factory=list)


def completion(text: str) -> bytes:
    message = {"role": "assistant", "content": text}
    return json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}).encode()


def points(*said: tuple[str, str, str]) -> bytes:
    return completion(json.dumps({"points": [{"point": p, "state": s, "quote": q} for p, s, q in said]}))


def send(handler: BaseHTTPRequestHandler, content: bytes, status: int = 200) -> None:
    handler.send_response(status)
    handler.send_header("content-type", "application/json")
    handler.send_header("content-length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


def always(content: bytes, status: int = 200) -> Behaviour:
    return lambda handler, _: send(handler, content, status)


@contextmanager
def endpoint(behaviour: Behaviour) -> Iterator[Told]:
    """A server on a free port of this machine; `behaviour` writes its answers."""
    told = Told("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["content-length"]))
            asked = Asked(self.path, self.headers.get("authorization"), json.loads(content))
            told.asked.append(asked)
            try:
                behaviour(self, asked)
            except OSError:  # whoever asked has gone
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
