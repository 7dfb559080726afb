"""A page as a file: links to other files, and nothing that needs a server."""

import html
from collections.abc import Callable, Mapping
from html.parser import HTMLParser

from dashboards.headers import POLICY

Link = Callable[[str], str | None]
"""Of an address on a page, what takes its place; None where there is nothing to go to."""

VOID = frozenset(("area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source"))
CONTROLS = frozenset(("button", "input", "label", "select", "textarea"))

# A file has no origin for 'self' to mean; what frames a page is told by servers only.
COPIED_POLICY = "; ".join(
    part.replace("'self'", "'self' file:")
    for part in POLICY.split("; ")
    if not part.startswith("frame-ancestors")
)


def copied_html(page: str, link: Link) -> str:
    """Rewrites a page of ours.

    What loads a file that there is not is left out, and so are forms, but not what stands in them
    beside their controls. A link to nowhere becomes its text, a button to nowhere is left out.

    Args:
        page: As the server answers.
        link: Where its links go.
    """
    rewriter = _Rewriter(link)
    rewriter.feed(page)
    rewriter.close()
    return "".join(rewriter.parts)


class _Rewriter(HTMLParser):
    def __init__(self, link: Link) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self._link = link
        self._in_form = False
        self._left_out: list[str] = []
        # Of each link that is open: whether only its text is kept.
        self._texts: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        goes = "href" if given.get("href") else "src"
        if self._left_out or (self._in_form and tag in CONTROLS):
            self._leave_out(tag)
        elif tag == "form":
            self._in_form = True
        elif given.get(goes):
            self._linked(tag, given, goes)
        else:
            self._write(tag, self.get_starttag_text() or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # Of a drawing; our HTML ends no other elements so.
        self._add(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if self._left_out:
            self._left_out.pop()
        elif tag == "form":
            self._in_form = False
        elif not (tag == "a" and self._texts.pop()):
            self._add(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._add(data)

    def handle_entityref(self, name: str) -> None:
        self._add(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._add(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self._add(f"<!{decl}>")

    def _add(self, text: str) -> None:
        if not self._left_out:
            self.parts.append(text)

    def _linked(self, tag: str, given: dict[str, str | None], goes: str) -> None:
        """Writes an element that goes somewhere by its attribute `goes`."""
        there = self._link(given[goes] or "")
        if there is not None:
            self._write(tag, _tag(tag, given | {goes: there}))
        elif tag == "a" and "button" not in (given.get("class") or "").split():
            self._texts.append(True)
        else:
            self._leave_out(tag)

    def _write(self, tag: str, text: str) -> None:
        if tag == "a":
            self._texts.append(False)
        self._add(text)
        if tag == "head":
            meta = {"http-equiv": "Content-Security-Policy", "content": COPIED_POLICY}
            self._add(_tag("meta", meta))

    def _leave_out(self, tag: str) -> None:
        if tag not in VOID:
            self._left_out.append(tag)


def _tag(name: str, attributes: Mapping[str, str | None]) -> str:
    parts = [
        f" {key}" if value is None else f' {key}="{html.escape(value)}"'
        for key, value in attributes.items()
    ]
    return f"<{name}{''.join(parts)}>"
