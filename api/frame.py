"""What surrounds every page: who looks, where they are, which keys work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class NavItem:
    """One of the main pages; `count` says how many things wait there."""

    words: str
    href: str
    count: int = 0


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is signed in, as the page names them."""

    name: str
    id: str = ""

    @property
    def initial(self) -> str:
        """Return the first character of the name."""
        return self.name[:1]


@dataclass(frozen=True, slots=True)
class KeyHint:
    """Keys and what they do."""

    keys: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The surroundings of a page.

    `title` names the kind of page, never a person. `form_token` goes into every form of the page.
    """

    title: str
    form_token: str = ""
    current: str = ""
    nav: tuple[NavItem, ...] = ()
    viewer: Viewer | None = None
    municipality: str = ""
    office: str = ""
    is_sample: bool = False
    search_action: str = ""
    policy_href: str = ""
    staff_href: str = ""
    menu_links: tuple[NavItem, ...] = ()
    emergencies: tuple[str, ...] = ()
    keys: tuple[KeyHint, ...] = ()
    strip_note: str = ""


NEXT_AND_PREVIOUS: Final = KeyHint(("J", "K"), "次・前へ")
OPEN: Final = KeyHint(("Enter",), "開く")
SEARCH: Final = KeyHint(("/",), "さがす")
MAP: Final = KeyHint(("M",), "地図と表")
UNDO: Final = KeyHint(("Z",), "元に戻す")

ALL_KEYS: Final = (
    SEARCH,
    KeyHint(("J", "K"), "次の行・前の行へ"),
    KeyHint(("Enter",), "いまの行を開く"),
    KeyHint(("A",), "進める"),
    KeyHint(("S",), "見送る"),
    KeyHint(("E",), "くわしい理由"),
    KeyHint(("G",), "この人のつなぎ先"),
    KeyHint(("C",), "新しい相談"),
    KeyHint(("M",), "地図と表を行き来する"),
    UNDO,
    KeyHint(("Ctrl+Enter",), "保存して次へ"),
    KeyHint(("Esc",), "閉じる・文字を書くのをやめる"),
    KeyHint(("?",), "この一覧"),
)
"""The map of the whole product; a page shows in its strip the ones that work there."""
