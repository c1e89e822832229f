"""The answers of the main job as JSON: `tsunagite.match/1` and `tsunagite.rank/1`.

People are named by their case number, openings by their id; sentences are Japanese. `near` says
what would have to change for an opening, as a condition; it is empty where nothing may.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence

from cases.contradiction import RulesContradict
from cases.matching.stories import PairStory
from cases.matching.two_sided import mutual_pairs
from cases.matching.waiting_counted import Counted, effect_words
from cases.proposal import Proposal
from cases.run import MatchRun
from cases.words.settled import conflict_words

MATCH_FORMAT = "tsunagite.match/1"
RANK_FORMAT = "tsunagite.rank/1"


def match_document(
    run: MatchRun,
    proposals: Sequence[Proposal],
    case_nos: Mapping[str, str],
    openings: Container[str],
) -> dict[str, object]:
    """Return a run with everyone in it.

    Parameters
    ----------
    proposals
        Those of the run, in the order in which they are to be listed.
    case_nos
        Case number by participant id; of nobody else anything is told.
    openings
        Ids of the openings that exist for the reader; no other is named.
    """
    mutual = mutual_pairs(run, case_nos)
    return {
        "format": MATCH_FORMAT,
        "status": run.status,
        "run": run.id,
        "proposals": [
            {
                "case_no": case_nos[each.participant_id],
                "opening": each.opening_id,
                "score": each.score,
                "parts": dict(each.parts),
                "reason": each.reason,
            }
            for each in proposals
        ],
        "unplaced": [
            {
                "case_no": case_nos[each.participant_id],
                "reason": each.reason,
                "words": each.words,
                "near": [
                    _near(near.opening_id, near.change)
                    for near in each.near
                    if near.opening_id in openings
                ],
            }
            for each in run.unplaced
        ],
        "not_considered": [
            {"case_no": case_nos[each.participant_id], "why": each.why}
            for each in run.not_considered
        ],
        "mutual": None
        if mutual is None
        else [
            {"case_no": case_nos[each.participant_id], "opening": each.opening_id}
            for each in mutual
            if each.opening_id in openings
        ],
    }


def told_conflict(
    failure: RulesContradict, case_nos: Mapping[str, str], places: Mapping[str, str]
) -> list[dict[str, object]]:
    """Return the rules that contradict each other, each with its sentence.

    Of what is about anybody who is not in `case_nos` only that there is something is told.

    Parameters
    ----------
    places
        Names of openings and hosts by id.
    """
    people = {id_: f"{number}の方" for id_, number in case_nos.items()}
    told: list[dict[str, object]] = []
    hidden: dict[str, object] | None = None
    for each in failure.conflict:
        (words,) = conflict_words([each], people, places)
        if not people.keys() >= set(each.rule.participant_ids):
            hidden = {"kind": "elsewhere", "words": words}
            continue
        told.append(
            {
                "kind": each.rule.kind,
                "rule": each.rule.rule_id,
                "case_nos": [case_nos[id_] for id_ in each.rule.participant_ids],
                "opening": each.rule.opening_id,
                "host": each.rule.host_id,
                "words": words,
            }
        )
    return [*told, hidden] if hidden else told


def infeasible_document(conflict: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """Return the answer where not everything that was settled can hold; no run was kept."""
    return {
        "format": MATCH_FORMAT,
        "status": "infeasible",
        "run": "",
        "proposals": [],
        "unplaced": [],
        "not_considered": [],
        "conflict": list(conflict),
    }


def rank_document(
    asked: str,
    ranked: Sequence[PairStory],
    refused: Sequence[PairStory],
    case_nos: Mapping[str, str] | None = None,
    counted: Sequence[Counted] = (),
) -> dict[str, object]:
    """Return the best pairs of one person or one opening, and those that a rule refuses.

    Parameters
    ----------
    asked
        The case number or the id of the opening that was asked for.
    case_nos
        Case number by participant id when an opening was asked for; None for a person, whose
        pairs are named by the opening.
    counted
        The openings of one person in the order in which everyone who waits is counted.
    """

    def named(story: PairStory) -> dict[str, object]:
        if case_nos is None:
            return {"opening": story.opening_id}
        return {"case_no": case_nos[story.participant_id]}

    return {
        "format": RANK_FORMAT,
        "for": asked,
        "ranked": [
            {
                **named(story),
                "score": story.explanation.score,
                "parts": {part.name: round(part.value, 6) for part in story.explanation.parts},
                "reason": story.reason,
            }
            for story in ranked
        ],
        "refused": [
            {
                **named(story),
                "rules": list(story.rules),
                "words": story.refusal,
                "near": [_near(story.opening_id, story.change)] if story.change else [],
            }
            for story in refused
        ],
        "counted": [
            {"opening": each.opening_id, "effect": each.effect, "words": effect_words(each.effect)}
            for each in counted
        ],
    }


def _near(opening_id: str, change: str) -> dict[str, object]:
    return {"opening": opening_id, "change": change}
