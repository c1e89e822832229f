"""Weights, cut points and limits of matching: dated data with a source, editable per city."""

from __future__ import annotations

import hashlib
import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from matcher.errors import MatcherError

_OWN_FILE = Path(__file__).parent / "data" / "policy.toml"
RELAX_UNITS = 1000
"""Weights of changes count in whole thousandths, so that sums and ties are exact."""
_MOST_WEIGHT = 1000
PART_NAMES = ("wish", "time", "travel", "calm", "ease", "fresh")
"""Parts of the fit that are the person's."""
HOST_PART = "host"


@dataclass(frozen=True, slots=True)
class Weights:
    """Weight of each part of the fit; the order of the fields is the order of the parts.

    The host's part, whom they would be glad of, is a part only where a city weighs it.
    """

    wish: float
    time: float
    travel: float
    calm: float
    ease: float
    fresh: float
    host: float

    def __post_init__(self) -> None:
        weights = (*self.each, self.host)
        _check(all(weight >= 0 for weight in weights), "weights", "at least 0", weights)
        _check(sum(self.each) > 0, "weights", "not all 0", self.each)

    @property
    def each(self) -> tuple[float, ...]:
        """The weights in the order of the parts."""
        return tuple(getattr(self, name) for name in self.names)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parts."""
        return (*PART_NAMES, HOST_PART) if self.host else PART_NAMES

    @property
    def shares(self) -> tuple[float, ...]:
        """The weights as shares of 1, in the order of the parts."""
        total = math.fsum(self.each)
        return tuple(weight / total for weight in self.each)


@dataclass(frozen=True, slots=True)
class Words:
    """Least fit that earns each word for a pair."""

    good: float
    fair: float
    near: float

    def __post_init__(self) -> None:
        _check_falling("words", self.good, self.fair, self.near)


@dataclass(frozen=True, slots=True)
class PartWords:
    """Least value that earns each word for one part of the fit."""

    exact: float
    easy: float
    effort: float

    def __post_init__(self) -> None:
        _check_falling("part_words", self.exact, self.easy, self.effort)


@dataclass(frozen=True, slots=True)
class StageRules:
    """How far above the present stage a place may begin, and what each step costs."""

    most_steps: float
    step_loss: float

    def __post_init__(self) -> None:
        _check(1 <= self.most_steps <= 5, "stage.most_steps", "1 to 5", self.most_steps)
        _check_share("stage.step_loss", self.step_loss)


@dataclass(frozen=True, slots=True)
class WishRules:
    """How wishes, own words and dislikes come together."""

    unsaid: float
    text_share: float
    text_full: float
    dislike_keeps: float

    def __post_init__(self) -> None:
        _check_share("wish.unsaid", self.unsaid)
        _check_share("wish.text_share", self.text_share)
        _check(0 < self.text_full <= 1, "wish.text_full", "above 0, at most 1", self.text_full)
        _check_share("wish.dislike_keeps", self.dislike_keeps)


@dataclass(frozen=True, slots=True)
class TimeRules:
    """What a time by arrangement is worth."""

    by_arrangement: float

    def __post_init__(self) -> None:
        _check_share("time.by_arrangement", self.by_arrangement)


@dataclass(frozen=True, slots=True)
class TravelRules:
    """What a way is worth, by its share of the longest one the person bears."""

    at_limit: float
    far_minutes: float
    pickup: float

    def __post_init__(self) -> None:
        _check_share("travel.at_limit", self.at_limit)
        _check(self.far_minutes > 0, "travel.far_minutes", "above 0", self.far_minutes)
        _check_share("travel.pickup", self.pickup)


@dataclass(frozen=True, slots=True)
class CalmRules:
    """What noise, closeness and numbers mean to people who bear little, some or anything."""

    bears: tuple[tuple[float, ...], ...]
    people: tuple[float, ...]

    def __post_init__(self) -> None:
        square = [len(row) for row in self.bears] == [3, 3, 3]
        _check(square, "calm.bears", "three rows of three", self.bears)
        for row in self.bears:
            _check_share("calm.bears", *row)
        numbers = len(self.people) == 3 and all(number > 0 for number in self.people)
        _check(numbers, "calm.people", "three numbers above 0", self.people)


@dataclass(frozen=True, slots=True)
class EaseRules:
    """What makes a first visit easy."""

    long_minutes: float
    no_early_leave: float
    alone: float
    familiar_share: float

    def __post_init__(self) -> None:
        _check(self.long_minutes > 0, "ease.long_minutes", "above 0", self.long_minutes)
        _check_share("ease.no_early_leave", self.no_early_leave)
        _check_share("ease.alone", self.alone)
        _check_share("ease.familiar_share", self.familiar_share)


@dataclass(frozen=True, slots=True)
class HostRules:
    """What the host's part is worth where the host named nobody they would be glad of."""

    unsaid: float

    def __post_init__(self) -> None:
        _check_share("host.unsaid", self.unsaid)


@dataclass(frozen=True, slots=True)
class FreshRules:
    """How trust in an opening fades with the days since someone last asked."""

    full_days: float
    stale_days: float
    stale: float

    def __post_init__(self) -> None:
        rising = 0 <= self.full_days < self.stale_days
        _check(rising, "fresh", "full_days below stale_days", (self.full_days, self.stale_days))
        _check_share("fresh.stale", self.stale)


@dataclass(frozen=True, slots=True)
class FloorRules:
    """Share of those who wait that should be placed, of each 圏域 and of each kind of need."""

    district: float
    need: float

    def __post_init__(self) -> None:
        _check_share("floors.district", self.district)
        _check_share("floors.need", self.need)


@dataclass(frozen=True, slots=True)
class RelaxRules:
    """How heavy each change is that would make a refused pair possible.

    Each is (once, each): what the change weighs at all, and what every step of it adds. The names
    are the kinds of `matcher.relaxation.Kind`, which also says what a step is.
    """

    open: tuple[float, ...]
    place: tuple[float, ...]
    area: tuple[float, ...]
    age_limit: tuple[float, ...]
    ask_age: tuple[float, ...]
    ask_sex: tuple[float, ...]
    child: tuple[float, ...]
    field: tuple[float, ...]
    lower_start: tuple[float, ...]
    step_up: tuple[float, ...]
    slot: tuple[float, ...]
    arranged: tuple[float, ...]
    leave_early: tuple[float, ...]
    shorter_visit: tuple[float, ...]
    longer_visit: tuple[float, ...]
    longer_way: tuple[float, ...]
    pickup: tuple[float, ...]
    provide: tuple[float, ...]
    quieter: tuple[float, ...]
    bear_noise: tuple[float, ...]
    roomier: tuple[float, ...]
    bear_crowd: tuple[float, ...]
    companion: tuple[float, ...]
    cheaper: tuple[float, ...]
    pay_more: tuple[float, ...]
    go_on: tuple[float, ...]
    step_back: tuple[float, ...]

    def __post_init__(self) -> None:
        for kind in fields(self):
            pair = getattr(self, kind.name)
            right = len(pair) == 2 and all(0 <= weight <= _MOST_WEIGHT for weight in pair)
            right = right and round(sum(pair) * RELAX_UNITS) > 0
            _check(right, f"relax.{kind.name}", "two weights, 0 to 1000, not both 0", pair)


Section: TypeAlias = (
    Weights
    | Words
    | PartWords
    | StageRules
    | WishRules
    | TimeRules
    | TravelRules
    | CalmRules
    | EaseRules
    | FreshRules
    | HostRules
    | FloorRules
    | RelaxRules
)
SECTIONS: Mapping[str, type[Section]] = {
    "weights": Weights,
    "words": Words,
    "part_words": PartWords,
    "stage": StageRules,
    "wish": WishRules,
    "time": TimeRules,
    "travel": TravelRules,
    "calm": CalmRules,
    "ease": EaseRules,
    "fresh": FreshRules,
    "host": HostRules,
    "floors": FloorRules,
    "relax": RelaxRules,
}
"""The tables of a policy file, in their order."""
_HEADER = ("from", "source", "note")


@dataclass(frozen=True, slots=True)
class Policy:
    """One dated set of weights, cut points and limits.

    Attributes
    ----------
    from_on
        First day on which it holds.
    source
        Who set it, and on what ground.
    """

    from_on: date
    source: str
    weights: Weights
    words: Words
    part_words: PartWords
    stage: StageRules
    wish: WishRules
    time: TimeRules
    travel: TravelRules
    calm: CalmRules
    ease: EaseRules
    fresh: FreshRules
    host: HostRules
    floors: FloorRules
    relax: RelaxRules
    note: str = ""

    def __post_init__(self) -> None:
        _check(bool(self.source.strip()), "source", "who set it, and on what ground", self.source)

    @property
    def digest(self) -> str:
        """SHA-256 of everything in it, as 64 hexadecimal digits."""
        text = json.dumps(asdict(self), default=str, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def version(self) -> str:
        """Name of this policy in a record: its date and the beginning of its digest."""
        return f"{self.from_on.isoformat()}-{self.digest[:8]}"


def load_policy(path: Path | None = None) -> Policy:
    """Read a policy file; without a path, the product's own.

    Raises
    ------
    MatcherError
        `policy_unreadable`, or what `policy_from` raises.
    """
    return own_policy() if path is None else policy_from(_read(path))


@cache
def own_policy() -> Policy:
    """Return the policy that comes with the product."""
    return _policy(_read(_OWN_FILE), base=None)


def policy_from(document: Mapping[str, Any]) -> Policy:
    """Lay a city's document over the product's own policy.

    `from` and `source` are required, so that no change is without date and ground.

    Raises
    ------
    MatcherError
        `policy_missing`, `policy_unknown` (with the nearest known name) or `policy_value`.
    """
    return _policy(document, base=own_policy())


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:  # both TOML and UTF-8 errors are ValueErrors
        raise MatcherError("policy_unreadable", path=path.name, why=str(error)) from error


def _policy(document: Mapping[str, Any], base: Policy | None) -> Policy:
    _check_known("", document, (*_HEADER, *SECTIONS))
    for key in ("from", "source"):
        if key not in document:
            raise MatcherError("policy_missing", key=key)
    from_on, source, note = document["from"], document["source"], document.get("note", "")
    _check(
        isinstance(from_on, date) and not isinstance(from_on, datetime), "from", "a day", from_on
    )
    _check(isinstance(source, str), "source", "a text", source)
    _check(isinstance(note, str), "note", "a text", note)
    sections: dict[str, Any] = {
        name: _section(name, kind, document.get(name, {}), getattr(base, name, None))
        for name, kind in SECTIONS.items()
    }
    return Policy(from_on=from_on, source=source, note=note, **sections)


def _section(name: str, kind: type[Section], table: Any, base: Section | None) -> Section:
    _check(isinstance(table, Mapping), name, "a table", table)
    known = {each.name: str(each.type).count("tuple") for each in fields(kind)}
    _check_known(f"{name}.", table, tuple(known))
    values: dict[str, Any] = {
        key: _numbers(f"{name}.{key}", value, known[key]) for key, value in table.items()
    }
    if base is not None:
        return replace(base, **values)
    for key in known:
        if key not in values:
            raise MatcherError("policy_missing", key=f"{name}.{key}")
    return kind(**values)


def _numbers(key: str, value: Any, depth: int) -> Any:
    """Return a number, or lists of numbers as tuples, `depth` deep."""
    if depth:
        _check(isinstance(value, list), key, "a list", value)
        return tuple(_numbers(key, each, depth - 1) for each in value)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    _check(number and math.isfinite(value), key, "a number", value)
    return float(value)


def _check_known(prefix: str, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for key in table:
        if key not in known:
            near = next(iter(get_close_matches(key, known, n=1)), "")
            raise MatcherError("policy_unknown", key=prefix + key, near=near and prefix + near)


def _check_falling(name: str, *cuts: float) -> None:
    falling = 1 >= cuts[0] > cuts[1] > cuts[2] > 0
    _check(falling, name, "each below the one before, between 0 and 1", cuts)


def _check_share(key: str, *values: float) -> None:
    _check(all(0 <= value <= 1 for value in values), key, "0 to 1", values)


def _check(right: bool, key: str, expected: str, given: object) -> None:
    if not right:
        raise MatcherError("policy_value", key=key, expected=expected, given=given)
