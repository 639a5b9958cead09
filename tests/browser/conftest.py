"""A real Chromium in front of the application, inside the test's own transaction.

Every request of the browser is answered by Django's test client in this very thread: no second process,
nothing to flush, factories and rollback as in any other test, and the content-security policy holds.
Uploads do not work this way (the browser keeps the file's bytes to itself); they need a real server.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import DEFAULT_DB_ALIAS, connections
from django.test import Client
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, sync_playwright

from departments.models import Staff

SITE = "http://localhost"  # browsers trust it as they trust TLS
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Playwright keeps a loop in this thread; Django must be told that nothing here is concurrent."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.fail("没有找到 Chromium：浏览器测试没有运行。请安装 chromium 后重试。")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    # Beside the loop Django sees other connections than before: those of before would stay open, unseen.
    connections.close_all()
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=found, args=FLAGS)
        connections.close_all()


class Site:
    """The application as one person's browser reaches it."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.connection = connections[DEFAULT_DB_ALIAS]

    def answer(self, route: Route, request: Request) -> None:
        if not request.url.startswith(SITE):
            route.abort()
            return
        response = self._send(request)
        if 300 <= response.status_code < 400 and request.resource_type == "document":
            # The browser would follow a redirect past this function; a refresh comes back through it.
            target = response.headers["Location"]
            route.fulfill(
                body=f'<meta http-equiv="refresh" content="0;url={target}">', content_type="text/html"
            )
            return
        body = b"".join(response.streaming_content) if response.streaming else response.content
        route.fulfill(status=response.status_code, headers=dict(response.headers), body=body)

    def _send(self, request: Request):
        # Playwright calls back in a task of its own, where Django would open a connection outside the test.
        connections[DEFAULT_DB_ALIAS] = self.connection
        address = urlsplit(request.url)
        headers = {name: value for name, value in request.headers.items() if name != "cookie"}
        return self.client.generic(
            request.method,
            f"{address.path}?{address.query}" if address.query else address.path,
            request.post_data_buffer or b"",
            content_type=headers.pop("content-type", "application/octet-stream"),
            headers=headers,
            follow=request.resource_type != "document",
        )


Opener = Callable[..., Page]
AS_HERE = {"reduced_motion": "reduce", "locale": "zh-CN", "bypass_csp": False}


@pytest.fixture
def open_page(chromium: Browser, db) -> Iterator[Opener]:
    """`open_page("/cases/", staff, theme="dark", width=390)`: a page; errors gather in `.complaints`."""
    contexts: list[BrowserContext] = []

    def opener(path: str, staff: Staff | None = None, *, theme: str = "light", width: int = 1440) -> Page:
        client = Client(raise_request_exception=False, SERVER_NAME="localhost")
        if staff is not None:
            client.force_login(staff)
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            **AS_HERE,
        )
        contexts.append(context)
        context.route("**/*", Site(client).answer)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda line: page.complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(SITE + path)
        return page

    yield opener
    for context in contexts:
        context.close()


@pytest.fixture
def open_live(chromium: Browser, own_database) -> Iterator[Opener]:
    """As `open_page`, on a real server with a database of its own: for uploads and whatever is committed."""
    server = LiveServerThread("127.0.0.1", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    contexts: list[BrowserContext] = []

    def opener(path: str, staff: Staff) -> Page:
        client = Client()
        client.force_login(staff)
        site = f"http://127.0.0.1:{server.port}"
        context = chromium.new_context(base_url=site, viewport={"width": 1440, "height": 900}, locale="zh-CN")
        contexts.append(context)
        cookies = [
            {"name": name, "value": morsel.value, "url": site} for name, morsel in client.cookies.items()
        ]
        context.add_cookies(cookies)
        page = context.new_page()
        page.goto(path)
        return page

    yield opener
    for context in contexts:
        context.close()
    server.terminate()


@pytest.fixture
def serious_barriers() -> Callable[[Page], list[str]]:
    """What axe calls serious or critical on a page: the rule and the place."""

    def look(page: Page) -> list[str]:
        page.evaluate(AXE.read_text())
        found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
        return [
            f"{violation['id']}: {node['html'][:150]}"
            for violation in found
            if violation["impact"] in ("serious", "critical")
            for node in violation["nodes"]
        ]

    return look
