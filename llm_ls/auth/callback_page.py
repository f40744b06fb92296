"""The page that a browser shows when it comes back: one sentence that is true, and nothing secret.

No script, nothing fetched, light or dark as the person has it.
"""

import base64
import functools
import hashlib
import html
from http import HTTPStatus

import attrs

GO_BACK = "You can close this page and go back to your editor."

_STYLE = """\
:root { color-scheme: light dark; --edge: #d5d9e0; --page: #f4f5f8; --card: #fff; --text: #1c2129; --quiet: #59616e;
  --good: #1a7f4b; --bad: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --edge: #3a404b; --page: #16181d; --card: #20242b; --text: #eceef2; --quiet: #a8b0bd;
    --good: #5cc98e; --bad: #f2938c; } }
* { box-sizing: border-box; margin: 0; }
body { min-height: 100vh; display: grid; place-items: center; padding: 1.25rem; background: var(--page);
  color: var(--text); font: 1rem/1.55 system-ui, sans-serif; }
main { width: 100%; max-width: 30rem; padding: 2rem; background: var(--card); border: 1px solid var(--edge);
  border-radius: .75rem; border-top: .3rem solid var(--bad); overflow-wrap: anywhere; }
main.good { border-top-color: var(--good); }
h1 { font-size: 1.3rem; line-height: 1.3; margin-bottom: .6rem; }
p + p { margin-top: .6rem; }
footer { margin-top: 1.4rem; color: var(--quiet); font-size: .85rem; }
"""
_DOCUMENT = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} - llm-ls</title>
<style>{style}</style>
</head>
<body>
<main class="{mood}">
<h1>{title}</h1>
{paragraphs}
<footer>llm-ls</footer>
</main>
</body>
</html>
"""


@attrs.frozen
class Page:
    """What the browser is answered.

    Attributes:
        paragraphs: Plain text.
        headers: Sent beside those of every page.
    """

    status: int
    title: str
    paragraphs: tuple[str, ...]
    headers: tuple[tuple[str, str], ...] = ()


def signed_in(name: str) -> Page:
    return Page(200, f"You are signed in to {name}", (GO_BACK,))


def failed(name: str, why: str) -> Page:
    return Page(400, f"You are not signed in to {name}", (why, GO_BACK))


def undecided(name: str) -> Page:
    return Page(202, f"{name} is taking its time", ("Go back to your editor: it will say whether you are signed in.",))


def refused(status: int, why: str, *headers: tuple[str, str]) -> Page:
    """For a visit that does not belong to the sign-in, which goes on."""
    return Page(status, "This visit was turned away", (why,), headers)


def over(why: str) -> Page:
    return Page(410, "This sign-in is over", (why, GO_BACK))


def response(page: Page) -> bytes:
    """The page as an HTTP response that ends the connection."""
    body = _DOCUMENT.format(
        title=html.escape(page.title),
        style=_STYLE,
        mood="good" if page.status == 200 else "bad",
        paragraphs="\n".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in page.paragraphs),
    ).encode()
    headers = (
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Content-Security-Policy", _policy()),
        ("Cache-Control", "no-store"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
        ("Connection", "close"),
        *page.headers,
    )
    lines = [
        f"HTTP/1.1 {page.status} {HTTPStatus(page.status).phrase}",
        *(f"{name}: {value}" for name, value in headers),
        "",
        "",
    ]
    return "\r\n".join(lines).encode("ascii") + body


@functools.cache
def _policy() -> str:
    style = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
