"""What the templates of the matching pages show, one frozen value for each page and part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from api.pages.contexts import MapView, NearPlace

PROPOSED: Final = "proposals"
UNPLACED: Final = "unplaced"
WAITS: Final = "waits"
ADVANCED: Final = "advanced"
CHANGED: Final = "changed"
TABS: Final[Mapping[str, str]] = {
    PROPOSED: "案がある",
    UNPLACED: "今は見つからない",
    WAITS: "同意などを待つ",
    ADVANCED: "進める",
    CHANGED: "前回から変わった",
}
SORTS: Final[Mapping[str, str]] = {
    "district": "圏域",
    "fit": "合い方",
    "waiting": "待っている長さ",
}


@dataclass(frozen=True, slots=True)
class View:
    """Which part of a run is looked at, as it stands in the address; nothing personal."""

    tab: str = PROPOSED
    sort: str = "district"
    page: int = 1

    def query(self, **other: str | int) -> str:
        """Return the query of an address with some of it changed; what is usual is left out."""
        wanted = {"tab": self.tab, "sort": self.sort, "page": self.page, **other}
        usual = View()
        said = [
            f"{key}={value}" for key, value in wanted.items() if value != getattr(usual, key, "")
        ]
        return "?" + "&".join(said) if said else ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a row of links; `count` None where nothing is counted."""

    words: str
    href: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Who:
    """Someone of a run, as named in a list.

    `about` is age and 圏域; it is empty where the address is protected, and the lock stands there.
    """

    name: str
    href: str
    about: str = ""
    is_protected: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason to set a proposal aside, the key that chooses it, and what it does."""

    code: str
    key: str
    words: str
    effect: str


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal in the list.

    Attributes
    ----------
    status
        `proposed`, `advanced` or `set_aside`.
    aside
        The reason for which it was set aside, and what that does.
    action
        Address that takes decisions, with the view to come back to.
    can_decide, can_undo
        What the reader may do now.
    on_map
        GeoJSON features shown while the row has the focus.
    reasons
        The reasons to choose from, while one is asked for.
    """

    anchor: str
    who: Who
    place: str
    what: str
    days: str
    fit: str
    why: str
    reasons_href: str
    status: str
    action: str
    aside: str = ""
    aside_effect: str = ""
    can_decide: bool = True
    can_undo: bool = True
    on_map: Any = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Someone without a proposal: what is missing in short, the whole sentence, the next step."""

    anchor: str
    who: Who
    head: str
    words: str
    days: int
    since: str
    href: str
    verb: str
    near: tuple[NearPlace, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """What changed for someone: the place before and now, empty where there is none."""

    anchor: str
    who: Who
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """A 圏域 in the table that says the same as the map."""

    name: str
    people: int
    placed: int
    without: int


@dataclass(frozen=True, slots=True)
class Sums:
    """What was decided so far; the three add up to all proposals of the run."""

    advanced: int
    aside: int
    undecided: int


@dataclass(frozen=True, slots=True)
class Decisions:
    """The parts of the page that a decision changes, beside its row."""

    tabs: tuple[Link, ...]
    sums: Sums


@dataclass(frozen=True, slots=True)
class DecidedPart:
    """A row after a decision, what is said of it, and what else changes."""

    row: ProposalRow
    decisions: Decisions
    said: str
    trouble: str = ""
    can_undo: bool = False


@dataclass(frozen=True, slots=True)
class Trouble:
    """A decision that was not taken: about which proposal, why not and what to do now."""

    row: ProposalRow
    why: str


@dataclass(frozen=True, slots=True)
class MutualRow:
    """A person with the opening that they and its host would rather have."""

    who: Who
    place: str
    href: str


@dataclass(frozen=True, slots=True)
class MutualView:
    """How many there are, what it means, and the first of them; `more` are not shown."""

    sentence: str
    meaning: str
    rows: tuple[MutualRow, ...]
    more: int


@dataclass(frozen=True, slots=True)
class RunPage:
    """A run for everyone at once.

    Attributes
    ----------
    notice
        What is to be known of the run as a whole.
    trouble
        The decision that was not taken, if any; it comes before everything else.
    bar
        Words, number and fill of each group; they add up to everybody.
    checked
        Whether the independent check accepted the result.
    unplaced
        For how many people what is missing; they add up to everyone without a place.
    one_more
        Sentences about places that would let one more person take part.
    imagined_href
        Where places that do not exist yet are told; empty for who may not open everybody.
    mutual
        People and hosts who would rather have each other; None where no host named anyone.
    says_protected
        Whether the counts by 圏域 leave out someone whom this reader may open.
    used_words
        How much of what the office had settled the run kept to; empty for nothing.
    deleted_words
        How many people of the run have been deleted since; empty for nobody.
    """

    computed: str
    sentence: str
    notice: str
    trouble: Trouble | None
    is_latest: bool
    changed_href: str
    bar: tuple[tuple[str, int, str], ...]
    bar_sentence: str
    checked: bool
    proof_words: str
    record_href: str
    decisions: Decisions
    view: View
    sorts: tuple[Link, ...]
    proposals: tuple[ProposalRow, ...]
    people: tuple[PersonRow, ...]
    changes: tuple[ChangeRow, ...]
    empty: str
    pages: int
    page_href: str
    map: MapView
    districts: tuple[DistrictRow, ...]
    unplaced_count: int
    unplaced: tuple[tuple[str, int], ...]
    one_more: tuple[str, ...]
    imagined_href: str = ""
    says_protected: bool = False
    mutual: MutualView | None = None
    used_words: str = ""
    deleted_words: str = ""


@dataclass(frozen=True, slots=True)
class ChoosePage:
    """The reasons to set one proposal aside; `row_href` leads back to the row as it was."""

    row: ProposalRow
    row_href: str


@dataclass(frozen=True, slots=True)
class ProgressPage:
    """A run that is under way, at its own address, or one that broke off."""

    sentence: str
    address: str
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class RunRow:
    """An earlier run in the list; counts are of the people whom the reader may open."""

    number: str
    href: str
    when: str
    who: str
    found: str
    changes: str
    decided: str
    checked: bool
    deleted: str = ""


@dataclass(frozen=True, slots=True)
class RunsPage:
    """The last runs."""

    sentence: str
    runs: tuple[RunRow, ...]
    can_run: bool


@dataclass(frozen=True, slots=True)
class RecordPage:
    """The record of a run.

    Attributes
    ----------
    facts
        Pairs of a name and what is recorded.
    objectives
        What was sought, what was reached, what cannot be exceeded; empty where the reader may
        not know of everybody who took part.
    files
        Links to the frozen files, for the same readers.
    """

    number: str
    sentence: str
    back_href: str
    facts: tuple[tuple[str, str], ...]
    objectives: tuple[tuple[str, str, str], ...] = ()
    files: tuple[Link, ...] = ()
