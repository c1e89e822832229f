"""What stands at the top of every page of a person: who it is, what they agreed to, the tabs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from api.pages.people.options import district_words
from api.wiring import Wiring
from cases.actions.looking import look_at
from cases.actions.matching import Stores
from cases.consent import Consent, ConsentState, WhyNot
from cases.consent_scope import agency_words, in_order
from cases.next_step import Standing
from cases.participant import Participant, age_on
from cases.permissions import Action, PeopleScope, may_with
from cases.words.dates import date_words
from catalog.actor import Actor
from catalog.dates import day_in_japan

ENDS_SOON: Final = timedelta(days=30)
MOST_NAMED: Final = 2
LOOKS: Final = {
    WhyNot.NONE_YET: "none_yet",
    WhyNot.REFUSED: "refused",
    WhyNot.VERBAL_ONLY: "verbal",
    WhyNot.WITHDRAWN: "withdrawn",
    WhyNot.EXPIRED: "expired",
    WhyNot.HOSTS_NOT_INCLUDED: "without_hosts",
}
"""For each reason why there is no consent the name of its chip in `parts/_chips.html`."""
SAID: Final = {
    ConsentState.WRITTEN: "文書で同意しました",
    ConsentState.VERBAL: "口頭で同意しました",
    ConsentState.REFUSED: "同意をことわりました",
    ConsentState.WITHDRAWN: "同意を撤回しました",
    ConsentState.NONE_YET: "まだ決めていません",
}


@dataclass(frozen=True, slots=True)
class ConsentView:
    """Consent as the chip shows it: its look, until when, how far it goes, who said it when."""

    look: str
    until: str = ""
    scope: tuple[tuple[str, str], ...] = ()
    said: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The top of a person's pages; `line` is reading, age and case number."""

    id: str
    name: str
    line: str
    consent: ConsentView
    district: str
    household: str
    is_protected: bool
    may_edit: bool


def head_of(standing: Standing, actor: Actor, stores: Stores, today: date) -> Head:
    """Build the top of a person's page."""
    person = standing.participant
    age = age_on(person.birth_on, today)
    parts = (person.name_kana, "" if age is None else f"{age}歳", person.case_no)
    consents = stores.cases.consents_of(PeopleScope(actor), person.id)
    return Head(
        id=person.id,
        name=person.name,
        line="　".join(filter(None, parts)),
        consent=consent_view(standing.consent, consents, today),
        district="" if person.address_protected else district_of(person, stores, today),
        household=household_words(person, actor, stores, today),
        is_protected=person.address_protected,
        may_edit=may_with(actor, Action.EDIT_PEOPLE, person),
    )


def look_with_head(
    actor: Actor, wiring: Wiring, stores: Stores, participant_id: str
) -> tuple[Standing, Head]:
    """Return where one person stands today, and the top of their pages.

    Raises
    ------
    NotFound
        Where the actor may not know the person.
    """
    standing = look_at(actor, stores, wiring.clock, participant_id)
    return standing, head_of(standing, actor, stores, day_in_japan(wiring.clock()))


def consent_view(found: Consent | WhyNot, consents: Sequence[Consent], today: date) -> ConsentView:
    """Return how the chip shows a consent, or that there is none."""
    if isinstance(found, WhyNot):
        last = max(consents, key=lambda each: (each.on, each.id), default=None)
        return ConsentView(LOOKS[found], said=said_words(last) if last else "")
    until = found.until_on
    ends_soon = until is not None and until - today <= ENDS_SOON
    days_left = f"（あと{(until - today).days}日）" if until and ends_soon else ""
    kinds = "、".join(in_order(found.categories)) or "（まだ選んでいません）"
    return ConsentView(
        look="ending" if ends_soon else "written",
        until=f"{date_without_weekday(until)}まで{days_left}" if until else "",
        scope=tuple((agency_words(agency), kinds) for agency in sorted(found.agencies)),
        said=said_words(found),
    )


def said_words(consent: Consent) -> str:
    """Return who said what when: 令和8年8月26日（水）に、本人が文書で同意しました。."""
    who = f"{consent.given_by}が" if consent.given_by else ""
    return f"{date_words(consent.on)}に、{who}{SAID[consent.state]}。"


def told_of_consent(consent: Consent) -> tuple[str, str]:
    """Return who said what when, and beside it how their will was made sure of and the note."""
    will = f"本人の意思：{consent.capacity}" if consent.capacity else ""
    return said_words(consent), "　".join(filter(None, (will, consent.note)))


def date_without_weekday(day: date) -> str:
    """Return a day in full without its weekday: 令和9年3月31日."""
    return date_words(day).partition("（")[0]


def district_of(person: Participant, stores: Stores, today: date) -> str:
    """Return the 圏域 where somebody lives, of the first layer that has one."""
    memberships = stores.municipality.memberships(today)
    names = (towns.get(person.town_id or "") for towns in memberships.values())
    return next((district_words(name) for name in names if name), "")


def household_words(person: Participant, actor: Actor, stores: Stores, today: date) -> str:
    """Return who else lives in the household, as far as the actor may know of them."""
    if person.household_id is None:
        return ""
    members = stores.cases.in_household(PeopleScope(actor), person.household_id)
    others = [each for each in members if each.id != person.id]
    if len(others) > MOST_NAMED:
        return f"世帯：ほか{len(others)}人"
    return f"世帯：{'、'.join(member_words(each, today) for each in others)}" if others else ""


def member_words(person: Participant, today: date) -> str:
    """Return a member of a household: 母 ふみ さん（80）."""
    given = person.name.split()[-1]
    age = age_on(person.birth_on, today)
    years = "" if age is None else f"（{age}）"
    return f"{person.relation} {given} さん{years}".strip()
