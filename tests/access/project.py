"""Login, home and health."""

from tests.access.rows import get, post

PAGES = {
    "livez": get("200 200 200 200 200 200 200 200 200 200 200"),
    "readyz": get("200 200 200 200 200 200 200 200 200 200 200"),
    "home": get("302 302 302 302 302 302 302 302 302 302 302"),
    "login": get("200 302 302 302 302 302 302 302 302 302 302"),
    "password_change": get("302 200 200 200 200 200 200 200 200 200 200"),
    "logout": post("302 302 302 302 302 302 302 302 302 302 302"),
}
