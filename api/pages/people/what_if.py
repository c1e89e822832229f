"""What if: a day more, a way, a longer way, one more place; nothing is kept by looking."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Final, TypeAlias
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BeforeValidator

from api.frame import SEARCH
from api.pages.people.cards import Card, card_of
from api.pages.people.head import Head, head_of
from api.pages.people.options import SLOTS
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesPeople
from api.wiring import Wired
from cases.actions.cataloguing import seen_openings
from cases.actions.looking import look_at
from cases.actions.supposing import Supposed, look_ahead
from cases.errors import CaseError, NotFound
from cases.matching.rankings import rank_for_participant
from cases.matching.stories import tell_pair
from cases.matching.supposing import (
    condition_words,
    everyone_words,
    fitting_words,
)
from cases.matching.weighing import Weighed
from cases.matching.what_if import LONGER_MINUTES, Moved, WhatIf, best_trials, further_modes
from cases.need import Need
from cases.participant import Participant
from cases.permissions import PeopleScope
from cases.words.dates import minutes_words
from cases.words.wording import fit_word, own_wording
from catalog.dates import day_in_japan
from catalog.schedule import Band
from matcher.eligibility import Reason
from matcher.explanation import Word

router = APIRouter(include_in_schema=False)

BEST: Final = 3
TRIALS: Final = 5
FETCHED: Final = "fetched"
NONE: Final = "案がない"
MOST_LONGER: Final = 240


Longer: TypeAlias = Annotated[
    int, BeforeValidator(lambda sent: sent or 0), Query(ge=0, le=MOST_LONGER)
]
"""Minutes; what a form sends empty was not asked for."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One box to tick or entry to choose, and whether it is chosen."""

    value: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class TrialLink:
    """One thing to try, in words, what it opens, and the address that tries it."""

    condition: str
    opens: str
    href: str


@dataclass(frozen=True, slots=True)
class MovedRow:
    """Whose place would change: from where with which fit, to where with which."""

    name: str
    before: str
    before_fit: str
    after: str
    after_fit: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Focus:
    """The opening from whose page one came: how it fits now, and then."""

    name: str
    href: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class WhatIfPage:
    """What would be.

    Attributes
    ----------
    sentence, everyone
        The answer for this person, and for all who wait; the second empty where nobody is
        matched again.
    best
        The best places as they would be, each with whether it fits only then.
    had
        Half days on which the person can go already.
    """

    head: Head
    sentence: str
    everyone: str = ""
    best: tuple[tuple[Card, bool], ...] = ()
    moved: tuple[MovedRow, ...] = ()
    focus: Focus | None = None
    opening: str = ""
    trials: tuple[TrialLink, ...] = ()
    had: frozenset[str] = frozenset()
    slots: tuple[Choice, ...] = ()
    ways: tuple[Choice, ...] = ()
    longer: tuple[Choice, ...] = ()
    more: tuple[Choice, ...] = ()
    tries: bool = False
    tab: str = "openings"


def query_of(what_if: WhatIf, opening_id: str = "") -> str:
    """Return the query of the address that tries something; codes only, nothing of anybody."""
    asked = [("slot", f"{day}-{int(band)}") for day, band in sorted(what_if.slots)]
    asked += [("way", FETCHED)] if what_if.is_fetched else []
    asked += [("way", mode) for mode in what_if.modes]
    asked += [("longer", str(what_if.longer_minutes))] if what_if.longer_minutes else []
    asked += [("more", what_if.one_more_at)] if what_if.one_more_at else []
    asked += [("opening", opening_id)] if opening_id else []
    return urlencode(asked)


def address_of(participant_id: str, what_if: WhatIf, opening_id: str = "") -> str:
    """Return the address that tries something for a person."""
    query = query_of(what_if, opening_id)
    return f"/people/{participant_id}/what-if" + (f"?{query}" if query else "")


@router.get("/people/{participant_id}/what-if")
def show_what_if(
    request: Request,
    actor: SeesPeople,
    wiring: Wired,
    participant_id: str,
    slot: Annotated[tuple[str, ...], Query()] = (),
    way: Annotated[tuple[str, ...], Query()] = (),
    longer: Longer = 0,
    more: str = "",
    opening: str = "",
) -> Response:
    """Show what would be for the person and for everyone; unknown codes are left out."""
    with wiring.reading() as stores:
        standing = look_at(actor, stores, wiring.clock, participant_id)
        try:
            need = stores.cases.need(PeopleScope(actor), participant_id)
            known = seen_openings(actor, stores.catalog)
            what_if = _asked(need, slot, way, longer, more if more in known else "")
            found = look_ahead(actor, stores, wiring.clock, participant_id, what_if)
        except NotFound:
            raise
        except CaseError:
            return RedirectResponse(f"/people/{participant_id}/openings", status_code=303)
        head = head_of(standing, actor, stores, day_in_japan(wiring.clock()))
        people = {each.id: each for each in stores.cases.participants(PeopleScope(actor))}
    content = _page(head, found, what_if, opening, people)
    frame = frame_for(request, actor, "もし こうなら", current="/people", keys=(SEARCH,))
    return render(request, "pages/people/what_if.html", frame, content)


def _asked(
    need: Need | None, slots: Iterable[str], ways: Collection[str], longer: int, more: str
) -> WhatIf:
    """Read the address; what the person can do already is nothing to suppose."""
    if need is None:
        return WhatIf()
    wanted = {(int(each[0]), Band(int(each[-1]))) for each in slots if each in SLOTS}
    return WhatIf(
        slots=frozenset(wanted - need.available),
        modes=tuple(mode for mode in further_modes(need) if mode in ways),
        is_fetched=FETCHED in ways,
        longer_minutes=longer,
        one_more_at=more,
    )


def _page(
    head: Head,
    found: Supposed,
    what_if: WhatIf,
    opening_id: str,
    people: Mapping[str, Participant],
) -> WhatIfPage:
    now, then = found.now, found.then
    need = now.inputs.needs[0]
    names = {each.opening.id: each.name for each in now.inputs.receiving}
    more = what_if.one_more_at if what_if.one_more_at in names else ""
    condition = condition_words(what_if, need, names)
    sentence = own_wording().say("what_if", "nothing", before=_fitting(now))
    everyone = ""
    moved: tuple[MovedRow, ...] = ()
    if not what_if.is_nothing:
        sentence = fitting_words(condition, _fitting(now), _fitting(then))
    if found.everyone is not None:
        everyone = everyone_words(found.everyone, head.id)
        own_first = sorted(found.everyone.moved, key=lambda each: each.participant_id != head.id)
        moved = tuple(_moved_row(each, names, people, head.id) for each in own_first)
    return WhatIfPage(
        head=head,
        sentence=sentence,
        everyone=everyone,
        best=() if what_if.is_nothing else _best(found, head.id),
        moved=moved,
        focus=_focus(found, head.id, opening_id, names),
        opening=opening_id if opening_id in names else "",
        trials=_trials(now, head.id, need, names) if what_if.is_nothing else (),
        had=frozenset(f"{day}-{int(band)}" for day, band in need.available),
        slots=_slots(what_if),
        ways=_ways(what_if, need),
        longer=_longer(what_if),
        more=_more(now, more, names),
        tries=not what_if.is_nothing,
    )


def _fitting(weighed: Weighed) -> int:
    return int(weighed.considered.eligibility.candidates().sum())


def _best(found: Supposed, participant_id: str) -> tuple[tuple[Card, bool], ...]:
    """Return the best places that would fit, and whether each fits only then."""
    ranking = rank_for_participant(found.then, participant_id, BEST)
    now = found.now.considered.eligibility.candidates()[0]
    return tuple(
        (card_of(found.then, story, None), not now[found.now.column(story.opening_id)])
        for story in ranking.ranked
    )


def _focus(
    found: Supposed, participant_id: str, opening_id: str, names: Mapping[str, str]
) -> Focus | None:
    if opening_id not in names:
        return None
    words = [
        fit_word(Word.POOR if story.rules else story.explanation.word)
        for story in (
            tell_pair(weighed, participant_id, opening_id) for weighed in (found.now, found.then)
        )
    ]
    return Focus(names[opening_id], f"/people/{participant_id}/openings/{opening_id}", *words)


def _moved_row(
    moved: Moved, names: Mapping[str, str], people: Mapping[str, Participant], own_id: str
) -> MovedRow:
    def place(opening_id: str | None) -> str:
        return names[opening_id] if opening_id else NONE

    def fit(word: Word | None) -> str:
        return fit_word(word) if word else ""

    return MovedRow(
        name=people[moved.participant_id].name,
        before=place(moved.from_opening),
        before_fit=fit(moved.before),
        after=place(moved.to_opening),
        after_fit=fit(moved.after),
        is_own=moved.participant_id == own_id,
    )


def _trials(
    weighed: Weighed, participant_id: str, need: Need, names: Mapping[str, str]
) -> tuple[TrialLink, ...]:
    return tuple(
        TrialLink(
            condition=condition_words(each.what_if, need, names),
            opens=own_wording().say("what_if", "trial", more=each.more),
            href=address_of(participant_id, each.what_if),
        )
        for each in best_trials(weighed, TRIALS)
    )


def _slots(what_if: WhatIf) -> tuple[Choice, ...]:
    chosen = {f"{day}-{int(band)}" for day, band in what_if.slots}
    return tuple(Choice(value, words, value in chosen) for value, words in SLOTS.items())


def _ways(what_if: WhatIf, need: Need) -> tuple[Choice, ...]:
    say = own_wording().say
    fetched = Choice(FETCHED, say("side", "transport"), what_if.is_fetched)
    others = (
        Choice(mode, say("way_limit", mode), mode in what_if.modes) for mode in further_modes(need)
    )
    return (fetched, *others)


def _longer(what_if: WhatIf) -> tuple[Choice, ...]:
    offered = sorted({0, *LONGER_MINUTES, what_if.longer_minutes})
    return tuple(
        Choice(
            str(minutes) if minutes else "",
            f"あと{minutes_words(minutes)}" if minutes else "いまのまま",
            minutes == what_if.longer_minutes,
        )
        for minutes in offered
    )


def _more(weighed: Weighed, chosen: str, names: Mapping[str, str]) -> tuple[Choice, ...]:
    """Return the openings at which a place is all that may be missing, the best fit first."""
    failed = weighed.considered.eligibility.failed[0]
    full = 1 << Reason.FULL
    only_full = (failed | full) == full
    total = weighed.considered.scores.total[0]
    ids = weighed.considered.offers.ids
    order = sorted(only_full.nonzero()[0].tolist(), key=lambda j: (-total[j], ids[j]))
    offered = [ids[j] for j in order]
    if chosen and chosen not in offered:
        offered.append(chosen)
    return tuple(Choice(id_, names[id_], id_ == chosen) for id_ in offered)
