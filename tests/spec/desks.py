"""One desk, two ways to work at it: plain forms over HTTP, and a real browser by keyboard alone.

Whoever tells a story names what a person reads: labels, buttons, links. A desk finds them in the
page as it stands, so that a story that works at both is one that a person can follow.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit

from playwright.sync_api import Error, Page
from starlette.testclient import TestClient

from tests.browser.watch import session_of

VOID: Final = frozenset({"br", "hr", "img", "input", "link", "meta", "source", "wbr"})
FIELDS: Final = frozenset({"input", "select", "textarea"})
SILENT: Final = frozenset({"kbd", "script", "style"})
MOST_TABS: Final = 400


@dataclass(eq=False)
class Node:
    """An element of a page."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    parent: Node | None = None
    children: list[Node | str] = field(default_factory=list)

    def all(self, *tags: str) -> Iterator[Node]:
        """Return the elements below, in their order; of these kinds if any are named."""
        for child in self.children:
            if isinstance(child, Node):
                if not tags or child.tag in tags:
                    yield child
                yield from child.all(*tags)

    @property
    def words(self) -> str:
        """Return what is seen, without marks and without spaces."""
        return "".join("".join(self._read({"need", "unseen"})).split())

    @property
    def name(self) -> str:
        """Return the words by which it is called: seen, else spoken by a screen reader."""
        spoken = "".join("".join(self._read({"need"})).split())
        return "".join(self.attrs.get("aria-label", "").split()) or self.words or spoken

    def _read(self, unread: set[str]) -> Iterator[str]:
        if self.tag in SILENT or unread & set(self.attrs.get("class", "").split()):
            return
        for each in self.children:
            if isinstance(each, str):
                yield each
            else:
                yield from each._read(unread)

    def inside(self, *tags: str) -> Node | None:
        """Return the nearest element around it of one of these kinds."""
        around = self.parent
        while around is not None and around.tag not in tags:
            around = around.parent
        return around

    @property
    def path(self) -> str:
        """Return a selector of this element alone."""
        if self.parent is None or self.parent.parent is None:
            return self.tag
        around = [each for each in self.parent.children if isinstance(each, Node)]
        like = [each for each in around if each.tag == self.tag]
        return f"{self.parent.path} > {self.tag}:nth-of-type({1 + like.index(self)})"


class _Parser(HTMLParser):
    """Builds the elements; whatever is left open at the end is closed there."""

    def __init__(self) -> None:
        super().__init__()
        self.root = self.open = Node("#document")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs}, self.open)
        self.open.children.append(node)
        if tag not in VOID:
            self.open = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.children.append(Node(tag, {n: v or "" for n, v in attrs}, self.open))

    def handle_endtag(self, tag: str) -> None:
        at: Node | None = self.open
        while at is not None and at.tag != tag:
            at = at.parent
        if at is not None and at.parent is not None:
            self.open = at.parent

    def handle_data(self, data: str) -> None:
        self.open.children.append(data)


def parsed(html: str) -> Node:
    """Return the page as its elements."""
    parser = _Parser()
    parser.feed(html)
    return parser.root


class Desk(ABC):
    """A person at a page."""

    @property
    @abstractmethod
    def address(self) -> str:
        """Return the path of the page."""

    @abstractmethod
    def page(self) -> Node:
        """Return the page as it stands."""

    @abstractmethod
    def go(self, path: str) -> None:
        """Open a page by its address."""

    @abstractmethod
    def _write(self, control: Node, text: str) -> None: ...

    @abstractmethod
    def _choose(self, control: Node, option: Node) -> None: ...

    @abstractmethod
    def _tick(self, control: Node) -> None: ...

    @abstractmethod
    def _press(self, control: Node) -> None: ...

    @abstractmethod
    def sign_in(self, login: str) -> None:
        """Sit down as somebody of the office."""

    def write(self, label: str, text: str, at: int = 0) -> None:
        """Fill a field, or choose an option of a list."""
        control = self._field(label, at)
        if control.tag != "select":
            self._write(control, text)
            return
        options = list(control.all("option"))
        self._choose(control, _one(options, text, f"「{label}」の中の "))

    def tick(self, words: str, group: str = "") -> None:
        """Choose one of several, or tick a box; `group` is the legend above them."""
        around = self.page()
        if group:
            legend = _one(list(around.all("legend")), group, "選ぶもの ")
            assert legend.parent is not None
            around = legend.parent
        boxes = [each for each in around.all("label") if list(each.all("input"))]
        self._tick(next(_one(boxes, words, "選ぶもの ").all("input")))

    def press(self, words: str, at: int = 0) -> None:
        """Press a button and read what comes."""
        self._press(_one(list(self.page().all("button")), words, "ボタン ", at))

    def follow(self, words: str, at: int = 0) -> None:
        """Follow a link and read what comes."""
        main = next(self.page().all("main"))
        self._press(_one(list(main.all("a")), words, "リンク ", at))

    def reads(self, *sentences: str) -> None:
        """Read sentences on the page; spaces do not count."""
        shown = next(self.page().all("main")).words
        for each in sentences:
            assert "".join(each.split()) in shown, f"「{each}」が ありません：{shown[:3000]}"

    def find(self, pattern: str) -> str:
        """Return what is written on the page after a pattern."""
        found = re.search(pattern, next(self.page().all("main")).words)
        assert found, pattern
        return found[0]

    def misses(self, *sentences: str) -> None:
        """Read none of the sentences on the page."""
        shown = next(self.page().all("main")).words
        for each in sentences:
            assert "".join(each.split()) not in shown, f"「{each}」が あります"

    def _field(self, label: str, at: int) -> Node:
        page = self.page()
        called = [each for each in page.all(*FIELDS) if "aria-label" in each.attrs]
        found = _one([*page.all("label"), *called], label, "欄 ", at)
        if found.tag != "label":
            return found
        for inner in found.all(*FIELDS):
            return inner
        return next(
            each for each in page.all(*FIELDS) if each.attrs.get("id") == found.attrs["for"]
        )


def _one(nodes: list[Node], words: str, kind: str, at: int = 0) -> Node:
    """Return the element of these words, else the one that begins with them."""
    wanted = "".join(words.split())
    same = [each for each in nodes if each.name == wanted]
    found = same or [each for each in nodes if each.name.startswith(wanted)]
    assert len(found) > at, f"{kind}「{words}」が ありません：{[each.name for each in nodes]}"
    return found[at]


class FormDesk(Desk):
    """Works with forms and links alone, as a browser without scripts does."""

    def __init__(self, client: TestClient, enter: Callable[[TestClient, str], int]) -> None:
        self.client = client
        self._address = "/"
        self._enter = enter
        self._shown = Node("#document")
        self._typed: dict[Node, list[str]] = {}

    @property
    def address(self) -> str:
        """Return the path of the page that came last."""
        return self._address

    def page(self) -> Node:
        """Return the page that came last."""
        return self._shown

    def sign_in(self, login: str) -> None:
        """Sign in anew."""
        self.client.cookies.clear()
        assert self._enter(self.client, login) == 303

    def go(self, path: str) -> None:
        """Open a page."""
        self._show("GET", path)

    def _show(self, method: str, path: str, data: dict[str, list[str]] | None = None) -> None:
        answer = self.client.request(method, path, data=data, follow_redirects=True)
        assert answer.status_code in {200, 422}, f"{answer.status_code} {path}"
        self._address = answer.url.path
        self._shown, self._typed = parsed(answer.text), {}

    def _write(self, control: Node, text: str) -> None:
        self._typed[control] = [text]

    def _choose(self, control: Node, option: Node) -> None:
        self._typed[control] = [option.attrs.get("value", option.words)]

    def _tick(self, control: Node) -> None:
        if control.attrs["type"] == "radio":
            for each in _form(control).all("input"):
                if each.attrs.get("name") == control.attrs["name"]:
                    self._typed[each] = []
        self._typed[control] = [control.attrs.get("value", "on")]

    def _press(self, control: Node) -> None:
        if control.tag == "a":
            self.go(control.attrs["href"])
            return
        form = _form(control)
        data: dict[str, list[str]] = {}
        for each in form.all(*FIELDS):
            data.setdefault(each.attrs.get("name", ""), []).extend(self._value(each))
        if "name" in control.attrs:
            data.setdefault(control.attrs["name"], []).append(control.attrs["value"])
        action = control.attrs.get("formaction") or form.attrs.get("action") or self.address
        method = form.attrs.get("method", "get").upper()
        if method == "GET":
            query = "&".join(f"{name}={each}" for name, values in data.items() for each in values)
            self._show(method, f"{action}?{query}")
        else:
            self._show(method, action, data)

    def _value(self, control: Node) -> list[str]:
        if control in self._typed:
            return self._typed[control]
        if control.tag == "textarea":
            return ["".join(each for each in control.children if isinstance(each, str))]
        if control.tag == "select":
            options = list(control.all("option"))
            chosen = [each for each in options if "selected" in each.attrs] or options[:1]
            return [each.attrs.get("value", each.words) for each in chosen]
        if control.attrs.get("type") in {"checkbox", "radio"} and "checked" not in control.attrs:
            return []
        return [control.attrs.get("value", "")]


def _form(control: Node) -> Node:
    form = control.inside("form")
    assert form is not None, f"「{control.words}」は 送れません"
    return form


class KeyboardDesk(Desk):
    """Works in a real browser with keys alone: Tab to get there, Space and arrows to choose."""

    def __init__(self, page: Page, origin: str) -> None:
        self.browser = page
        self.origin = origin

    @property
    def address(self) -> str:
        """Return the path in the address line."""
        return urlsplit(self.browser.url).path

    def page(self) -> Node:
        """Return the page as the browser has it now."""
        while True:
            try:
                return parsed(self.browser.content())
            except Error:  # it is on its way to another page
                self.browser.wait_for_load_state("networkidle")

    def sign_in(self, login: str) -> None:
        """Take the session of somebody of the office."""
        name, value = session_of(self.origin, login)
        self.browser.context.clear_cookies()
        self.browser.context.add_cookies(
            [{"name": name, "value": value, "url": self.origin, "httpOnly": True}]
        )

    def go(self, path: str) -> None:
        """Open a page by its address, as one types it."""
        self.browser.goto(path)

    def _to(self, control: Node) -> str:
        folded = control.inside("details")
        if folded is not None and "open" not in folded.attrs and control.tag != "summary":
            self._to(next(folded.all("summary")))
            self.browser.keyboard.press("Enter")
        selector = control.path
        for _ in range(MOST_TABS):
            if self.browser.evaluate(
                "s => document.activeElement === document.querySelector(s)", selector
            ):
                return selector
            self.browser.keyboard.press("Tab")
        raise AssertionError(f"「{control.words or control.attrs}」に Tab で とどきません")

    def _write(self, control: Node, text: str) -> None:
        self._to(control)
        self.browser.keyboard.press("Control+A")
        self.browser.keyboard.insert_text(text)

    def _choose(self, control: Node, option: Node) -> None:
        selector = self._to(control)
        wanted = option.attrs.get("value", option.words)
        self.browser.keyboard.press("Home")
        for _ in control.all("option"):
            if self.browser.input_value(selector) == wanted:
                return
            self.browser.keyboard.press("ArrowDown")
        raise AssertionError(f"「{option.words}」を 選べません")

    def _tick(self, control: Node) -> None:
        selector = self._to(control) if control.attrs["type"] != "radio" else ""
        if selector:
            if not self.browser.is_checked(selector):
                self.browser.keyboard.press("Space")
            return
        name = control.attrs["name"]
        group = [e for e in _form(control).all("input") if e.attrs.get("name") == name]
        first = next((e for e in group if self.browser.is_checked(e.path)), group[0])
        self._to(first)
        self.browser.keyboard.press("Space")
        for _ in group:
            if self.browser.is_checked(control.path):
                return
            self.browser.keyboard.press("ArrowDown")
        raise AssertionError(f"「{control.attrs['value']}」を 選べません")

    def _press(self, control: Node) -> None:
        self._to(control)
        with self.browser.expect_navigation():
            self.browser.keyboard.press("Enter")
        self.browser.wait_for_load_state("networkidle")
