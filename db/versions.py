"""Earlier versions of who somebody is and what they need, sealed beside the present one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, RowMapping, and_, func, insert, select

from cases.need import Need
from cases.participant import Participant
from cases.versions import Version
from catalog.audit import AuditEvent
from db.sealing import Sealing
from db.secrets import DataKey
from db.tables import versions

_Content = TypeVar("_Content", Participant, Need)
_KINDS: Final[Mapping[str, type[Participant] | type[Need]]] = {
    kind.__name__: kind for kind in (Participant, Need)
}
FEW: Final = 100


def add_versions(
    connection: Connection,
    sealing: Sealing,
    keys: Mapping[str, DataKey],
    changed: Sequence[_Content],
    before: Mapping[str, _Content],
    event: AuditEvent,
) -> None:
    """Keep new versions, by the event's actor at its instant; what says the same is none.

    Parameters
    ----------
    keys
        Data keys by participant id.
    before
        What stood there, by participant id; kept first where no version of it is there yet.
    """
    if not changed:
        return
    part = type(changed[0]).__name__
    last = last_versions(connection, sealing, part, {_whose(each) for each in changed})
    rows = []
    for each in changed:
        id_ = _whose(each)
        earlier = last.get(id_)
        if earlier is None and id_ in before:
            earlier = Version(participant_id=id_, number=1, content=before[id_])
            rows.append(_row(earlier, part, sealing, keys[id_]))
        if earlier is not None and earlier.content == each:
            continue
        number = earlier.number + 1 if earlier else 1
        new = Version(
            participant_id=id_, number=number, content=each, at=event.at, by=event.actor_id
        )
        rows.append(_row(new, part, sealing, keys[id_]))
    if rows:
        connection.execute(insert(versions), rows)


def last_versions(
    connection: Connection, sealing: Sealing, part: str, ids: Collection[str]
) -> dict[str, Version]:
    """Return the newest version of one part of some people, by participant id."""
    newest = (
        select(versions.c.participant_id, func.max(versions.c.number).label("number"))
        .where(versions.c.municipality_code == sealing.code, versions.c.part == part)
        .group_by(versions.c.participant_id)
    )
    if len(ids) <= FEW:  # of many, reading all is quicker than naming each
        newest = newest.where(versions.c.participant_id.in_(ids))
    last = newest.subquery()
    query = sealing.with_key(versions, "participant_id").join(
        last,
        and_(
            last.c.participant_id == versions.c.participant_id, last.c.number == versions.c.number
        ),
    )
    rows = connection.execute(query.where(versions.c.part == part)).mappings()
    return {row["participant_id"]: open_version(row, sealing) for row in rows}


def open_version(row: RowMapping, sealing: Sealing) -> Version:
    """Return the version of a row that was selected by `Sealing.with_key`."""
    content = sealing.open(
        _KINDS[row["part"]], row["content"], versions.c.content, sealing.key_of(row), _place(row)
    )
    return Version(
        participant_id=row["participant_id"],
        number=row["number"],
        content=content,
        at=row["at"],
        by=row["by"],
    )


def _row(version: Version, part: str, sealing: Sealing, key: DataKey) -> dict[str, Any]:
    row = {
        "municipality_code": sealing.code,
        "participant_id": version.participant_id,
        "part": part,
        "number": version.number,
        "at": version.at,
        "by": version.by,
    }
    content = sealing.seal(version.content, versions.c.content, key, _place(row))
    return {**row, "content": content}


def _place(row: Mapping[str, Any] | RowMapping) -> str:
    return f"{row['participant_id']}/{row['part']}/{row['number']}"


def _whose(content: Participant | Need) -> str:
    return content.id if isinstance(content, Participant) else content.participant_id
