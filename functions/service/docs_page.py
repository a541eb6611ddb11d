"""The documentation as one page that loads nothing else, under a policy that lets nothing else run."""

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "docs"
_SCRIPTS = ("labels.js", "dom.js", "schemas.js", "session.js", "trial.js", "page.js")


@dataclass(frozen=True, slots=True)
class DocsPage:
    html: str
    headers: dict[str, str]


@cache
def docs_page() -> DocsPage:
    style = (_FOLDER / "docs.css").read_text("utf-8")
    script = "\n".join((_FOLDER / name).read_text("utf-8") for name in _SCRIPTS)
    frame = (_FOLDER / "docs.html").read_text("utf-8")
    html = frame.replace("/* style */", style).replace("/* script */", script)
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        f"connect-src 'self'; script-src {_hash(script)}; style-src {_hash(style)}"
    )
    headers = {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return DocsPage(html, headers)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
