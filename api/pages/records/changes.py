"""What was corrected about a person: when, by whom, from what to what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from api.pages.people import conflict, need_form, person_form
from api.pages.people.conflict import Difference
from api.pages.people.head import Head, look_with_head
from api.pages.people.options import Options, load_options
from api.pages.records.words import at_words
from api.pages.surroundings import frame_for
from api.rendering import render
from api.rights import SeesPeople
from api.wiring import Wired
from cases.need import Need
from cases.participant import Participant
from cases.permissions import PeopleScope
from cases.versions import Version

router = APIRouter(include_in_schema=False)

WHERE: Final = ("town_id", "address", "phone")
MOVED: Final = "守られている住まい・電話を直しました（中身は出しません）。"


@dataclass(frozen=True, slots=True)
class Change:
    """One version as a change; `about` says which part, `note` what is not shown in full."""

    at: str
    by: str
    about: str
    differences: tuple[Difference, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class ChangesPage:
    """All changes, the last first."""

    head: Head
    changes: tuple[Change, ...]
    tab: str = "records"


@router.get("/people/{participant_id}/records/changes")
def changes(
    request: Request, actor: SeesPeople, wiring: Wired, participant_id: str
) -> HTMLResponse:
    """Show what was corrected."""
    with wiring.reading() as stores:
        _, head = look_with_head(actor, wiring, stores, participant_id)
        options = load_options(wiring, stores, actor, participant_id)
        versions = wiring.records.versions_of(PeopleScope(actor), participant_id)
    names = {user.id: user.name for user in wiring.users.users()}
    content = ChangesPage(head, changes_of(versions, options, names, hides=head.is_protected))
    frame = frame_for(request, actor, "変更の記録", current="/people")
    return render(request, "pages/records/changes.html", frame, content)


def changes_of(
    versions: Sequence[Version], options: Options, names: Mapping[str, str], *, hides: bool
) -> tuple[Change, ...]:
    """Return the changes that lie between versions, the last first.

    Parameters
    ----------
    hides
        Leave out where the person lives and lived: somebody must not find them by an old address.
    """
    before: dict[str, Version] = {}
    found: list[tuple[Version, Change]] = []
    for version in versions:
        part = type(version.content).__name__
        found.append((version, _change(before.get(part), version, options, names, hides)))
        before[part] = version
    found.sort(key=lambda each: (each[0].at is not None, each[0].at, each[0].number), reverse=True)
    return tuple(change for _, change in found)


def _change(
    before: Version | None,
    after: Version,
    options: Options,
    names: Mapping[str, str],
    hides: bool,
) -> Change:
    about = "本人のこと" if isinstance(after.content, Participant) else "希望"
    by = names.get(after.by, "職員" if after.by else "")
    if before is None:
        note = "はじめて書きました。" if after.at else "この時より前から書いてありました。"
        return Change(at_words(after.at), by, about, (), note)
    old, new = (in_words(each.content, options, hides) for each in (before, after))
    note = MOVED if hides and _moved(before.content, after.content) else ""
    return Change(at_words(after.at), by, about, conflict.differences(old, new), note)


def in_words(content: Participant | Need, options: Options, hides: bool) -> dict[str, str]:
    """Return a version in words by label."""
    if isinstance(content, Need):
        return need_form.in_words(need_form.typed_of(content), options)
    typed = person_form.typed_of(content, options)
    words = conflict.in_words(typed, person_form.LABELS, options.of_person)
    hidden = {person_form.LABELS[name] for name in person_form.HIDDEN_WHERE_PROTECTED}
    return {label: each for label, each in words.items() if not (hides and label in hidden)}


def _moved(before: Participant | Need, after: Participant | Need) -> bool:
    return any(getattr(before, name, None) != getattr(after, name, None) for name in WHERE)
