"""The list of what was settled before the search, and undoing one of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.pages.people.head import date_without_weekday
from api.pages.surroundings import can, frame_for
from api.rendering import render
from api.rights import Settles
from api.rule_names import Names, as_used, bond_as_used, names_for
from api.wiring import Wired
from cases.actions.cataloguing import seen_hosts, seen_openings
from cases.actions.matching import Stores
from cases.actions.settling import Settled, look_at_rules, unbind, undo_placing
from cases.bond import Bond
from cases.permissions import Action
from cases.placing_rule import PlacingKind, PlacingRule
from cases.words.settled import rule_words
from catalog.actor import Actor
from catalog.dates import day_in_japan

router = APIRouter(include_in_schema=False)

RULES: Final = "/matching/rules"
SAVED: Final = {
    "settled": "決めました。次に探すときから守ります。",
    "undone": "取り消しました。次に探すときから、決めごとなしで探します。",
    "limits": "受け入れ先の人数の上限を保存しました。",
}
_TITLES: Final = {
    PlacingKind.LOCK: "決めた枠",
    PlacingKind.EXCLUSION: "案を出さない枠",
    PlacingKind.OVERRIDE: "相談室の判断で合うことにした枠",
}
BONDS: Final = "いっしょに・別々に"


@dataclass(frozen=True, slots=True)
class RuleRow:
    """Something settled: what, why, by whom and until when, where it is undone."""

    anchor: str
    words: str
    reason: str
    about: str
    undo: str
    people: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HostRow:
    """The limits of a host, in words, and where they are changed."""

    name: str
    at_once: str
    a_month: str
    href: str


@dataclass(frozen=True, slots=True)
class RulesPage:
    """Everything that is settled, by what it does."""

    sentence: str
    sections: tuple[tuple[str, tuple[RuleRow, ...]], ...]
    hosts: tuple[HostRow, ...]
    choices: tuple[tuple[str, str], ...]
    can_run: bool
    message: str = ""


@router.get(RULES)
def rules(
    request: Request, actor: Settles, wiring: Wired, saved: Annotated[str, Query()] = ""
) -> HTMLResponse:
    """List what was settled."""
    with wiring.reading() as stores:
        settled = look_at_rules(actor, stores, wiring.clock)
        names = names_for(actor, stores)
        staff = {user.id: user.name for user in wiring.users.users()}
        hosts, choices = _hosts(actor, stores)
    page = RulesPage(
        sentence=_sentence(settled),
        sections=_sections(settled, names, staff),
        hosts=hosts,
        choices=choices,
        can_run=can(actor, Action.RUN_MATCHING),
        message=SAVED.get(saved, ""),
    )
    frame = frame_for(request, actor, "決めておくこと", current="/matching")
    return render(request, "pages/rules/list.html", frame, page)


@router.post(RULES + "/{rule_id}/undo")
def undo_rule(actor: Settles, wiring: Wired, rule_id: str) -> RedirectResponse:
    """Undo a lock, an exclusion or an override."""
    with wiring.writing() as stores:
        undo_placing(actor, stores, wiring.clock, rule_id)
    return RedirectResponse(f"{RULES}?saved=undone", status_code=303)


@router.post(RULES + "/bonds/{bond_id}/undo")
def undo_bond(actor: Settles, wiring: Wired, bond_id: str) -> RedirectResponse:
    """Undo a bond between people."""
    with wiring.writing() as stores:
        unbind(actor, stores, wiring.clock, bond_id)
    return RedirectResponse(f"{RULES}?saved=undone", status_code=303)


def _sentence(settled: Settled) -> str:
    count = len(settled.rules) + len(settled.bonds)
    if not count:
        return "探す前に決めておいたことは、今はありません。"
    return f"探す前に決めておいたことが {count}件あります。まとめて探すときに、必ず守ります。"


def _sections(
    settled: Settled, names: Names, staff: Mapping[str, str]
) -> tuple[tuple[str, tuple[RuleRow, ...]], ...]:
    found = [
        (title, tuple(_row(each, names, staff) for each in settled.rules if each.kind is kind))
        for kind, title in _TITLES.items()
    ]
    found.insert(0, (BONDS, tuple(_bond_row(each, names, staff) for each in settled.bonds)))
    return tuple((title, rows) for title, rows in found if rows)


def _row(rule: PlacingRule, names: Names, staff: Mapping[str, str]) -> RuleRow:
    return RuleRow(
        anchor=f"rule-{rule.id}",
        words=rule_words(as_used(rule), names.people, names.places, rule.overrides),
        reason=rule.reason,
        about=_about(rule, staff),
        undo=f"{RULES}/{rule.id}/undo",
        people=_links([rule.participant_id], names),
    )


def _bond_row(bond: Bond, names: Names, staff: Mapping[str, str]) -> RuleRow:
    return RuleRow(
        anchor=f"rule-{bond.id}",
        words=rule_words(bond_as_used(bond), names.people, names.places),
        reason=bond.reason,
        about=_about(bond, staff),
        undo=f"{RULES}/bonds/{bond.id}/undo",
        people=_links(bond.participant_ids, names),
    )


def _links(participant_ids: Sequence[str], names: Names) -> tuple[tuple[str, str], ...]:
    return tuple((f"/people/{id_}/openings", names.people[id_]) for id_ in participant_ids)


def _about(rule: PlacingRule | Bond, staff: Mapping[str, str]) -> str:
    made_on, who = day_in_japan(rule.made_at), staff.get(rule.made_by, "職員")
    made = f"{date_without_weekday(made_on)}に {who}が決めました。"
    return f"{made}{date_without_weekday(rule.until_on)}まで。" if rule.until_on else made


def _hosts(actor: Actor, stores: Stores) -> tuple[tuple[HostRow, ...], tuple[tuple[str, str], ...]]:
    """Return the hosts with limits, and all hosts of openings to choose from."""
    receiving = {each.host_id for each in seen_openings(actor, stores.catalog).values()}
    hosts = seen_hosts(actor, stores.catalog)
    known = [each for id_, each in hosts.items() if id_ in receiving]
    known.sort(key=lambda each: (each.name_kana or each.name, each.id))
    rows = tuple(
        HostRow(
            name=each.name,
            at_once="" if each.most_at_once is None else f"一度に {each.most_at_once}人まで",
            a_month=""
            if each.newcomers_a_month is None
            else f"新しい方は 月に {each.newcomers_a_month}人まで",
            href=f"/hosts/{each.id}/limits",
        )
        for each in known
        if each.most_at_once is not None or each.newcomers_a_month is not None
    )
    return rows, tuple((each.id, each.name) for each in known)
