"""What would have to change for a place to be possible, in words: 木曜の午後も 出かけられるなら.

One form for the coordinator, the person and the host, and each is told only what they may know.
The coordinator reads everything. The person reads nothing about other people, nor why a host does
not take anyone now. The host reads what the host could do, never on whose account: all that would
tell something of the person goes by one general clause, and what is for others to change by none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Final, TypeAlias

from cases.words.dates import available_words, day_words, minutes_words, yen_words
from cases.words.facts import PairFacts, way_words
from cases.words.refusals import ages_words
from cases.words.wording import own_wording
from catalog.opening import OpeningStatus, free_places
from catalog.schedule import Band
from catalog.vocabulary import Vocabulary
from matcher.change import Change, Kind, Side


class Audience(StrEnum):
    """Who reads."""

    COORDINATOR = "coordinator"
    PERSON = "person"
    HOST = "host"


Said: TypeAlias = tuple[str, Mapping[str, object]]
Say: TypeAlias = Callable[[Change, PairFacts, Vocabulary], Said]
HOST_HEARS: Final = frozenset({Kind.OPEN, Kind.PLACE})
"""What says nothing of the person; every other change of the host is told in general only."""


def _open(_: Change, facts: PairFacts, __: Vocabulary) -> Said:
    begins_on, ends_on = facts.receiving.begins_on, facts.receiving.ends_on
    if facts.opening.status in (OpeningStatus.OPEN, OpeningStatus.FULL):
        if begins_on is not None and facts.on < begins_on:
            return "open_from", {"day": day_words(begins_on)}
        if ends_on is not None and facts.on > ends_on:
            return "open_longer", {}
    return "open", {}


def _place(_: Change, facts: PairFacts, __: Vocabulary) -> Said:
    held = facts.receiving.held and free_places(facts.opening)
    return ("place_held" if held else "place"), {}


def _ask_sex(_: Change, facts: PairFacts, __: Vocabulary) -> Said:
    return "ask_sex", {"sex": own_wording().say("sex", facts.opening.welcome.sex)}


def _child(_: Change, facts: PairFacts, __: Vocabulary) -> Said:
    return ("child_alone" if facts.opening.welcome.with_child else "child"), {}


def _stage(code: str, stage: int) -> Said:
    return code, {"stage": own_wording().say("stage", stage)}


def _slot(change: Change, facts: PairFacts, _: Vocabulary) -> Said:
    bands = frozenset((b // len(Band), Band(b % len(Band))) for b in _places(change.bits))
    code = "slot" if facts.need.available else "slot_first"
    return code, {"slots": available_words(bands)}


def _way(change: Change, facts: PairFacts, _: Vocabulary) -> Said:
    if facts.way is None:
        return "longer_way", {"minutes": minutes_words(change.size)}
    return "longer_way_by", {"way": way_words(facts.way)}


def _provide(change: Change, _: PairFacts, vocabulary: Vocabulary) -> Said:
    labels = [code.label for code in vocabulary.codes("accommodation").values()]
    return "provide", {"accommodations": "・".join(labels[at] for at in _places(change.bits))}


def _places(bits: int) -> Iterable[int]:
    return (at for at in range(bits.bit_length()) if bits >> at & 1)


def _plain(code: str) -> Say:
    return lambda *_: (code, {})


CHANGES: Final[Mapping[Kind, Say]] = {
    **{kind: _plain(kind.name.lower()) for kind in Kind},
    Kind.OPEN: _open,
    Kind.PLACE: _place,
    Kind.AGE_LIMIT: lambda change, *_: ("age_limit", {"years": change.size}),
    Kind.ASK_AGE: lambda _, facts, __: ("ask_age", {"ages": ages_words(facts.opening.welcome)}),
    Kind.ASK_SEX: _ask_sex,
    Kind.CHILD: _child,
    Kind.LOWER_START: lambda change, facts, _: _stage(
        "lower_start", int(facts.opening.first_stage) - change.size
    ),
    Kind.STEP_UP: lambda change, facts, _: _stage(
        "step_up", int(facts.participant.stage) + change.size
    ),
    Kind.GO_ON: lambda change, facts, _: _stage(
        "go_on", int(facts.opening.last_stage) + change.size
    ),
    Kind.SLOT: _slot,
    Kind.SHORTER_VISIT: lambda change, facts, _: (
        "shorter_visit",
        {"minutes": minutes_words(facts.opening.min_minutes - change.size)},
    ),
    Kind.LONGER_VISIT: lambda change, facts, _: (
        "longer_visit",
        {"minutes": minutes_words((facts.need.max_minutes or 0) + change.size)},
    ),
    Kind.LONGER_WAY: _way,
    Kind.PROVIDE: _provide,
    Kind.CHEAPER: lambda change, facts, _: (
        "cheaper",
        {"cost": yen_words(facts.opening.cost_yen - change.size)},
    ),
    Kind.PAY_MORE: lambda change, facts, _: (
        "pay_more",
        {"cost": yen_words((facts.need.cost_limit_yen or 0) + change.size)},
    ),
}
"""For each kind of change its template and the values of it."""


def change_words(
    changes: Iterable[Change],
    facts: PairFacts,
    vocabulary: Vocabulary,
    audience: Audience = Audience.COORDINATOR,
) -> str:
    """Return changes as one condition: 木曜の午後も 出かけられて、送り迎えがあれば.

    Empty where the audience may hear nothing, or there is nothing to change.
    """
    clauses = [_clause(change, facts, vocabulary, audience) for change in changes]
    return joined(clauses)


def joined(clauses: Iterable[str]) -> str:
    """Return conditions as one: 木曜の午後も 出かけられて、送り迎えがあれば."""
    told = list(dict.fromkeys(filter(None, clauses)))
    return "、".join([*map(_connected, told[:-1]), *told[-1:]])


def _clause(change: Change, facts: PairFacts, vocabulary: Vocabulary, audience: Audience) -> str:
    if audience is Audience.HOST:
        return _hosts_clause(change)
    wording = own_wording()
    code, values = CHANGES[change.kind](change, facts, vocabulary)
    persons_own = audience is Audience.PERSON and code in wording.tables["if_person"]
    return wording.say("if_person" if persons_own else "if", code, **values)


def _hosts_clause(change: Change) -> str:
    if change.side is not Side.HOST:
        return ""
    heard = change.kind in HOST_HEARS
    return own_wording().say("if_host", change.kind.name.lower() if heard else "otherwise")


def _connected(clause: str) -> str:
    """Return a condition as the first part of a longer one: …があって, …出かけられて."""
    for ending, joint in own_wording().tables["if_joint"].items():
        if clause.endswith(ending):
            return clause.removesuffix(ending) + joint
    return clause


def then_words(condition: str, word: str) -> str:
    """Return the whole sentence: 木曜の午後も 出かけられるなら、よく合います。."""
    return own_wording().say("then", word, condition=condition)


def side_words(side: Side) -> str:
    """Return who could make a change: 本人, 受け入れ先, 送り迎え."""
    return own_wording().say("side", side)
