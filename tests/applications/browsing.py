"""A browser without JavaScript that is signed in: forms as they stand in the page, with their token."""

from typing import Any

from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from httpx import Response

from award.kernel.web.csrf import token_for


class Visitor:
    """One person's browser."""

    def __init__(self, client: TestClient, cookie: str) -> None:
        self.client, self.cookie = client, cookie

    @property
    def _headers(self) -> dict[str, str]:
        return {"cookie": f"session={self.cookie}; lang=en"}

    def get(self, path: str) -> Response:
        """A page."""
        return self.client.get(path, headers=self._headers)

    def page(self, path: str) -> BeautifulSoup:
        """A page that is there."""
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text[:300])
        return BeautifulSoup(answer.text, "html.parser")

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> Response:
        """A form with its token."""
        return self.client.post(path, data={"csrf": token_for(self.cookie), **(data or {})}, headers=self._headers, **more)

    def put(self, path: str, fields: dict[str, str], match: str | None) -> Response:
        """What autosave sends."""
        headers = {**self._headers, "accept": "application/json", "x-csrf-token": token_for(self.cookie)}
        if match is not None:
            headers["if-match"] = match
        return self.client.put(path, json={"fields": fields}, headers=headers)


def without_reference(page: str) -> str:
    """The page without what names the request."""
    soup = BeautifulSoup(page, "html.parser")
    for one in soup.find_all("input", attrs={"name": "next"}):
        one.extract()
    for link in soup.find_all("a", href=lambda href: href and "next=" in href):
        link["href"] = ""
    for small in soup.find_all("small"):
        small.extract()
    return str(soup)
