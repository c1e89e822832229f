"""What was settled and cannot all hold: the fewest rules that contradict, each with its undoing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api.pages.rules.listing import RULES
from api.rule_names import names_for
from cases.actions.intake import Clock
from cases.actions.matching import Stores
from cases.actions.settling import look_at_rules
from cases.contradiction import Contradiction, RulesContradict
from cases.words.settled import conflict_words
from catalog.actor import Actor


@dataclass(frozen=True, slots=True)
class ConflictRow:
    """One of the rules; `undo` is empty where it is not undone here."""

    words: str
    href: str = ""
    undo: str = ""


@dataclass(frozen=True, slots=True)
class ConflictPage:
    """The rules of a conflict."""

    rows: tuple[ConflictRow, ...]


def conflict_page(
    failure: RulesContradict, actor: Actor, stores: Stores, clock: Clock
) -> ConflictPage:
    """Tell the rules that contradict each other, as far as the reader may know of them."""
    names, settled = names_for(actor, stores), look_at_rules(actor, stores, clock)
    undo = {each.id: f"{RULES}/{each.id}/undo" for each in settled.rules}
    undo |= {each.id: f"{RULES}/bonds/{each.id}/undo" for each in settled.bonds}

    def row(each: Contradiction) -> ConflictRow:
        (words,) = conflict_words([each], names.people, names.places)
        host = each.rule.host_id if not each.rule.rule_id else ""
        return ConflictRow(
            words, f"/hosts/{host}/limits" if host else "", undo.get(each.rule.rule_id, "")
        )

    known = [row(each) for each in failure.conflict if _is_known(each, names.people)]
    hidden = [each for each in failure.conflict if not _is_known(each, names.people)]
    more = conflict_words(hidden, names.people, names.places)
    return ConflictPage((*known, *map(ConflictRow, more)))


def _is_known(each: Contradiction, people: Mapping[str, str]) -> bool:
    return people.keys() >= set(each.rule.participant_ids)
