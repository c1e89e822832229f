"""The page of state diagrams, from the transition tables that the code itself uses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from cases import closing, outreach, plan, proposal
from cases import life as lives
from cases.following import follow_up
from cases.intake import referral
from cases.meetings import meeting
from cases.placing import enquiry, placement
from catalog import opening

_CASEWORK = {
    "Referral": referral,
    "Visit": outreach,
    "Meeting": meeting,
    "Support plan": plan,
    "Enquiry": enquiry,
    "Placement": placement,
    "Follow-up": follow_up,
    "Watch": closing,
}

_HEAD = """# States

Each noun with a life has one transition table as data; these diagrams and tables are written from
them by `make docs`. What is not listed does not happen: it is refused with an error by code.
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One row of a transition table, in words."""

    start: str
    end: str
    name: str = ""
    by: str = ""
    requires: str = ""


@dataclass(frozen=True, slots=True)
class Life:
    """One noun: where it begins and every step that it may take."""

    title: str
    source: str
    begins: Sequence[str]
    steps: Sequence[Step]


def states_page() -> str:
    """Return `docs/states.md`."""
    drawn = [_opening_life(), _proposal_life()]
    drawn += [_casework_life(title, each) for title, each in _CASEWORK.items()]
    return "\n".join([_HEAD, *map(_section, drawn)])


def _opening_life() -> Life:
    steps = [
        Step(start, end, by=_joined(step.by), requires=_joined(step.requires))
        for (start, end), step in opening.TRANSITIONS.items()
    ]
    return Life("Opening", "catalog/opening.py", sorted(opening.FIRST_STATUSES), steps)


def _proposal_life() -> Life:
    steps = [
        Step(
            start,
            step.to,
            name=decision,
            by="see `cases/permissions.py`",
            requires=_joined(
                name
                for name, needed in (
                    ("consent", step.needs_consent),
                    ("free_place", step.needs_place),
                    ("reason", step.needs_reason),
                )
                if needed
            ),
        )
        for (start, decision), step in proposal.TRANSITIONS.items()
    ]
    return Life("Proposal", "cases/proposal.py", [proposal.ProposalStatus.PROPOSED], steps)


def _casework_life(title: str, module: ModuleType) -> Life:
    life: lives.Life[Any, Any] = module.LIFE
    steps = [
        Step(
            start,
            row.to,
            name=verb,
            by="see `cases/permissions.py`",
            requires=_joined(row.requires),
        )
        for (start, verb), row in life.rows.items()
    ]
    source = module.__name__.replace(".", "/") + ".py"
    return Life(title, source, sorted(life.begins), steps)


def _section(life: Life) -> str:
    arrows = [f"    [*] --> {status}" for status in life.begins]
    arrows += [
        f"    {step.start} --> {step.end}" + (f" : {step.name}" if step.name else "")
        for step in life.steps
    ]
    rows = [
        f"| {step.start} | {step.end} | {step.name or '—'} | {step.by} | {step.requires or '—'} |"
        for step in life.steps
    ]
    return "\n".join(
        [
            f"## {life.title}",
            "",
            f"From the table in `{life.source}`.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            *arrows,
            "```",
            "",
            "| from | to | step | who may | requires |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _joined(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
