"""The form of a first word: from a reception to fields, and from fields to a reception."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, TypeAlias

from api.answers import TEXT, Answers, Typed
from api.pages.people.options import district_words
from api.pages.people.person_form import written_day
from api.wiring import Wiring
from cases.actions.receiving import may_receive
from cases.errors import CaseError
from cases.intake.reception import Reception
from cases.messages import in_japanese
from cases.support import offices_of
from catalog.actor import Actor
from catalog.municipality import Municipality
from catalog.vocabulary import Code
from db.users import offices_meeting_people

Choices: TypeAlias = Mapping[str, str]

LABELS: Final[Mapping[str, str]] = {
    "received_on": "受けた日",
    "window": "窓口",
    "channel": "どのように来たか",
    "connected_by": "だれが つないだか",
    "connector_district": "つないだ方の圏域",
    "office_id": "受けた機関",
    "field": "分野",
    "heard": "聞いたこと",
    "whom_to_ask": "だれに聞けばよいか",
}
NO_WINDOW: Final = "窓口ではないところ"
UNKNOWN: Final = "分からない"
NO_DISTRICT: Final = "圏域がない・分からない"
_OF_NOBODY: Final = "everyone"


@dataclass(frozen=True, slots=True)
class Offered:
    """What the form offers to choose from, by field: value → words."""

    of: Mapping[str, Choices]
    connectors: tuple[tuple[str, tuple[Code, ...]], ...]
    screenings: tuple[Code, ...]

    @property
    def words(self) -> Mapping[str, Choices]:
        """Return the words of every value, also of who connected and what came of it."""
        connectors = {each.code: each.label for _, group in self.connectors for each in group}
        screenings = {each.code: each.label for each in self.screenings}
        return {**self.of, "connected_by": connectors, "screening": screenings}


def offered_to(actor: Actor, wiring: Wiring, kept: Reception | None = None) -> Offered:
    """Return what an actor may choose; what is kept stays, whatever the settings say now."""
    settings, vocabulary = wiring.ground.settings(), wiring.vocabulary
    known = offices_of(settings, offices_meeting_people(wiring.users.users()))
    offices = [each for each in known if may_receive(actor, each)]
    if actor.office_id and actor.office_id not in offices and may_receive(actor, actor.office_id):
        offices.insert(0, actor.office_id)
    fields = [each for each in vocabulary.codes("field").values() if each.code != _OF_NOBODY]
    of: dict[str, dict[str, str]] = {
        "window": {**{each.name: each.name for each in settings.windows}, "": NO_WINDOW},
        "channel": _labels(vocabulary.codes("channel").values()),
        "connector_district": {"": NO_DISTRICT, **_districts(settings)},
        "office_id": {each: each for each in offices},
        "field": {"": UNKNOWN, **_labels(fields)},
    }
    for name, words in of.items():
        value = getattr(kept, name) if kept else ""
        if value and value not in words:
            words[value] = value
    return Offered(
        of,
        _grouped(vocabulary.codes("connector").values()),
        tuple(vocabulary.codes("screening").values()),
    )


def blank(actor: Actor, offered: Offered, today: date) -> Typed:
    """Return the fields for a new one: today, at the actor's own office and its window."""
    office = actor.office_id or ""
    windows = [each for each in offered.of["window"] if each and office.startswith(each)]
    own = office if office in offered.of["office_id"] else ""
    return Typed(
        {
            "received_on": (written_day(today),),
            "office_id": (own or next(iter(offered.of["office_id"]), ""),),
            "window": (next(iter(windows), ""),),
        }
    )


def typed_of(reception: Reception) -> Typed:
    """Return the fields as they are kept."""
    fields = {name: (str(getattr(reception, name)),) for name in LABELS}
    return Typed(fields | {"received_on": (written_day(reception.received_on),)})


def read_reception(
    typed: Typed, offered: Offered, start: Reception
) -> tuple[Reception | None, Mapping[str, str]]:
    """Read the fields into the reception that they change; without errors there is one."""
    form = Answers(typed, LABELS)
    codes = offered.words
    values: dict[str, Any] = {
        "received_on": form.day("received_on") or start.received_on,
        **{
            name: form.choice(name, codes[name])
            for name in ("window", "channel", "connected_by", "connector_district", "field")
        },
        "office_id": form.choice(
            "office_id",
            codes["office_id"],
            start.office_id if start.office_id in codes["office_id"] else "",
        ),
        "heard": form.text("heard", TEXT),
        "whom_to_ask": form.text("whom_to_ask"),
    }
    try:
        changed = replace(start, **values)
    except CaseError as error:
        at = "office_id" if error.code == "reception_without_office" else "received_on"
        form.wrong(at, in_japanese(error))
        changed = start
    return (None if form.errors else changed), form.errors


def _districts(settings: Municipality) -> dict[str, str]:
    """Return the 圏域 of the city's first layer, by which the plan counts who connected."""
    first = settings.districts[:1]
    return {each.name: district_words(each.name) for layer in first for each in layer.districts}


def _labels(codes: Iterable[Code]) -> dict[str, str]:
    return {each.code: each.label for each in codes}


def _grouped(codes: Iterable[Code]) -> tuple[tuple[str, tuple[Code, ...]], ...]:
    groups: defaultdict[str, list[Code]] = defaultdict(list)
    for each in codes:
        groups[each.group].append(each)
    return tuple((name, tuple(found)) for name, found in groups.items())
