"""Serves templates rendered from plain data, with the site's static files and content policy, to look at them in a browser."""

import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

from award.kernel import i18n
from award.kernel.web import rendering
from award.words import word_of

KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def given(language: str) -> dict[str, Any]:
    """What every template is given, for a person who is signed in."""
    return {
        "request": SimpleNamespace(url=SimpleNamespace(path="/screen")),
        "actor": SimpleNamespace(is_signed_in=True, name="Zhou Min", public_id="p1", roles=set(), unread=2),
        "lang": language,
        "csrf_token": "token",
        "large_text": False,
        "now": datetime(2026, 8, 25, 5, 0, tzinfo=UTC),
        "demo_banner": None,
        "format_datetime": partial(i18n.format_moment, language),
        "format_date": partial(i18n.format_day, language),
        "format_left": partial(i18n.format_left, language),
        "messages": [],
        "nav": [],
        "errors": [],
        "status_word": word_of,
    }


class Screens(ThreadingHTTPServer):
    """Screens by name: (template, context). PUT answers with the next version and remembers the fields.

    visitor: what the page of this test sends as x-visitor; a page that is closed may still save when the next test has begun.
    """

    daemon_threads = True

    def __init__(self, screens: Mapping[str, tuple[str, Mapping[str, Any]]]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.screens = screens
        self.puts: list[str] = []
        self.visitor = ""
        self.address = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def page(self, path: str, query: str) -> str:
        """One screen; ?en shows it in English."""
        template, context = self.screens[path.strip("/")]
        language = "en" if query == "en" else "zh"
        return rendering.environment().get_template(template).render({**given(language), **context})


class Handler(BaseHTTPRequestHandler):
    """Turns requests into screens."""

    server: Screens

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name the base class gives it)
        """Says nothing."""

    def answer(self, status: int, body: bytes, kind: str) -> None:
        """Sends one answer."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", "default-src 'self'")
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        """Screens and static files."""
        path, _, query = self.path.partition("?")
        if path.startswith("/static/"):
            file = rendering.STATIC / path.removeprefix("/static/")
            return self.answer(200, file.read_bytes(), KINDS[file.suffix])
        if path.strip("/") not in self.server.screens:
            return self.answer(200, b"<!doctype html><title>elsewhere</title>elsewhere", "text/html")
        return self.answer(200, self.server.page(path, query).encode(), "text/html; charset=utf-8")

    def do_PUT(self) -> None:
        """A save."""
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.headers.get("x-visitor", "") == self.server.visitor:
            self.server.puts.append(sent)
        body = {"version": 100 + len(self.server.puts), "saved_at": "2026-08-25T10:01:19+00:00"}
        self.answer(200, json.dumps(body).encode(), "application/json")

    def do_POST(self) -> None:
        """A form by itself."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.answer(200, b"<!doctype html><title>posted</title>posted", "text/html")
