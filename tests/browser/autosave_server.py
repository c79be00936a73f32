"""A tiny server that keeps one text and answers as the contract of static/autosave.js says; it plays every trouble on demand."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from award.kernel.web import rendering

PAGE = """<!doctype html><html lang="en" data-user="{{ user }}"{% if shared %} data-shared{% endif %}><head><meta charset="utf-8">
<title>t</title><meta name="csrf-token" content="{{ csrf_token }}"><link rel="icon" href="/static/favicon.svg">
<script src="/static/core.js" defer></script><script src="/static/autosave.js" defer></script></head><body>
{% from "parts/forms.html" import csrf, textarea, radios, save_state, conflict_dialogs with context %}
<main><form method="post" action="/form" autocomplete="off" data-autosave data-url="/text" data-user="{{ user }}" data-object="a1:4.5.3"
 data-version="{{ version }}" data-keep-url="/keep">{{ csrf() }}<input type="hidden" name="version" value="{{ version }}">
{{ textarea("text", "Answer", text, limit=20) }}{{ radios("is_done", "Complete?", [("yes", "Yes"), ("no", "No")], is_done) }}
<button name="act" value="next">Save and continue</button>{{ save_state() }}</form>
<form method="post" action="/logout" data-sign-out><button>Sign out</button></form>{{ conflict_dialogs() }}</main></body></html>"""


@dataclass
class Answers:
    """What the server holds and how it behaves. trouble: "" or the status it answers PUT with."""

    text: str = "first"
    is_done: str = "no"
    version: int = 1
    by: str = "Li Min"
    user: str = "p1"
    token: str = "token-1"
    shared: bool = False
    trouble: str = ""
    puts: list[dict[str, Any]] = field(default_factory=list)
    posts: list[tuple[str, str]] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)

    def page(self) -> str:
        """The form, as it would be rendered now."""
        template = rendering.environment().from_string(PAGE)
        return template.render(
            lang="en", csrf_token=self.token, user=self.user, shared=self.shared, version=self.version,
            text=self.text, is_done=self.is_done,
        )  # fmt: skip

    def put(self, fields: dict[str, str], match: str, token: str) -> tuple[int, dict[str, Any]]:
        """One attempt to save: status and body."""
        self.puts.append({"fields": fields, "match": match, "token": token})
        if self.trouble:
            return int(self.trouble), {"title": "Closed", "detail": "Applications closed at 18:00."}
        if not self.user:
            return 401, {}
        if token != self.token:
            return 403, {"detail": "token"}
        if match != f'"{self.version}"':
            theirs = {"text": self.text, "is_done": self.is_done}
            return 412, {"version": self.version, "theirs": theirs, "by": self.by, "at": "14:20"}
        self.store(fields)
        return 200, {"version": self.version, "saved_at": "14:32:08"}

    def store(self, fields: dict[str, str]) -> None:
        """Takes the fields as a new version."""
        self.text, self.is_done = fields["text"], fields["is_done"]
        self.version += 1
        self.accepted.append(self.text)

    def colleague_saves(self, text: str) -> None:
        """Somebody else changes the text."""
        self.text = text
        self.version += 1


class Server(ThreadingHTTPServer):
    """The server in a thread of its own."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers = Answers()
        self.address = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    """Turns requests into calls of Answers."""

    server: Server
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name the base class gives it)
        """Says nothing."""

    def answer(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        """Sends one answer, with the site's content policy."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", "default-src 'self'")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def received(self) -> bytes:
        """The body of the request."""
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def do_GET(self) -> None:
        """Pages and static files."""
        path = self.path.split("?")[0]
        if path.startswith("/static/"):
            file = rendering.STATIC / path.removeprefix("/static/")
            kinds = {".js": "text/javascript", ".svg": "image/svg+xml"}
            return self.answer(200, file.read_bytes(), kinds[file.suffix])
        return self.answer(200, self.server.answers.page().encode(), "text/html; charset=utf-8")

    def do_PUT(self) -> None:
        """A save by script."""
        sent = json.loads(self.received())
        answers = self.server.answers
        status, body = answers.put(sent["fields"], self.headers["If-Match"], self.headers["X-CSRF-Token"])
        kind = "application/json" if status == 200 else "application/problem+json"
        self.answer(status, json.dumps(body).encode(), kind, ETag=f'"{answers.version}"')

    def do_POST(self) -> None:
        """The form by itself, sign-out, and texts that were given up."""
        self.server.answers.posts.append((self.path, self.received().decode()))
        self.answer(200, b"<!doctype html><title>done</title>done", "text/html; charset=utf-8")
