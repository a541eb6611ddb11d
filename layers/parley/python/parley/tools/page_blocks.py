"""The visible text of any HTML page, block by block: for pages in which nothing looks like an article.

Takes linear time, whatever the page looks like.
"""

from collections.abc import Iterator
from typing import Any

# Not the head itself: a page that leaves out the tag of its body has much of it there, as lxml reads it.
_HIDDEN = frozenset(
    (
        *("title", "script", "style", "noscript", "template", "iframe", "object"),
        *("svg", "math", "canvas", "audio", "video"),
        *("select", "button", "input", "textarea", "form", "dialog"),
        *("nav", "footer", "aside"),
    )
)
_BLOCKS = frozenset(
    (
        *(
            "html",
            "body",
            "main",
            "header",
            "article",
            "section",
            "div",
            "fieldset",
            "legend",
            "details",
            "summary",
        ),
        *("h1", "h2", "h3", "h4", "h5", "h6", "p", "pre", "blockquote", "address", "center", "hr", "br"),
        *("ul", "ol", "li", "dl", "dt", "dd", "figure", "figcaption", "option"),
        *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
    )
)
_HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}


def visible_text(tree: Any, *, is_markdown: bool) -> str:
    """One line for each block, an empty one between them in Markdown; `tree` is an lxml element."""
    lines: list[str] = []
    words: list[str] = []
    prefix = ""
    for kind, value in _walked(tree):
        if kind == "text":
            words.append(value)
            continue
        line = " ".join("".join(words).split())
        if line:
            lines.append(prefix + line)
            prefix = ""
        words.clear()
        if kind == "start":
            prefix = _prefix(value) if is_markdown else ""
    return ("\n\n" if is_markdown else "\n").join(lines)


def _prefix(tag: str) -> str:
    return "- " if tag == "li" else _HEADINGS.get(tag, "")


def _walked(tree: Any) -> Iterator[tuple[str, str]]:
    """The texts in their order, and where a block starts or ends. Without recursion: pages may be deep."""
    ends: list[Any] = [(tree, iter(tree))]
    yield "text", tree.text or ""
    while ends:
        element, children = ends[-1]
        child = next(children, None)
        if child is None:
            ends.pop()
            yield from _left(element, is_root=not ends)
        elif not isinstance(child.tag, str) or _is_hidden(child):
            yield "text", child.tail or ""
        else:
            if child.tag in _BLOCKS:
                yield "start", child.tag
            yield "text", child.text or ""
            ends.append((child, iter(child)))


def _left(element: Any, *, is_root: bool) -> Iterator[tuple[str, str]]:
    if is_root or element.tag in _BLOCKS:
        yield "end", element.tag
    if not is_root:
        yield "text", element.tail or ""


def _is_hidden(element: Any) -> bool:
    return element.tag in _HIDDEN or element.get("aria-hidden") == "true"
