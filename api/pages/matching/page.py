"""The page of a run: the first line, the bar, the map, the list that is looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, TypeAlias

from api.city_map import city_features, collection
from api.pages.contexts import MapView
from api.pages.matching import rows
from api.pages.matching.contexts import (
    ADVANCED,
    CHANGED,
    PROPOSED,
    SORTS,
    TABS,
    UNPLACED,
    WAITS,
    Decisions,
    DistrictRow,
    Link,
    RunPage,
    Sums,
    Trouble,
    View,
)
from api.pages.matching.data import RunData
from api.pages.matching.mutual import mutual_view
from api.pages.records.words import deleted_words
from api.wiring import Wiring
from cases.matching.checking import trust_words
from cases.matching.run_changes import Change
from cases.matching.run_groups import Group, count_groups, count_unplaced, group_words
from cases.proposal import Proposal, ProposalStatus
from cases.run import MatchRun, NotConsidered, Unplaced
from cases.words.dates import year_words
from cases.words.settled import used_words
from cases.words.wording import one_more_words, result_words
from catalog.dates import TOKYO

Entry: TypeAlias = Proposal | Unplaced | NotConsidered | Change
"""What a list holds; each is about one person."""
MOST_ROWS: Final = 100
FILLS: Final = {
    Group.GOOD: "key",
    Group.FAIR: "light",
    Group.NEAR: "lines",
    Group.POOR: "stripes",
    Group.UNPLACED: "hatch",
    Group.WAITS: "none",
    Group.UNDER_WAY: "dots",
}
EMPTY: Final = {
    PROPOSED: "今は、案がある方がいません。「今は見つからない」の方に、次の手を見つけられます。",
    UNPLACED: "案が見つからなかった方は いません。",
    WAITS: "同意などを待っている方は いません。",
    ADVANCED: "進めると決めた案は、まだありません。「案がある」の一覧で決められます。",
    CHANGED: "前の計算から変わった方は いません。",
}
FIRST_RUN: Final = "これが はじめての計算なので、くらべる前の回がありません。"
EARLIER: Final = "これは前の計算です。決めるのは、いちばん新しい結果のほうです。"
UNKNOWN_DISTRICT: Final = "圏域が まだ分からない"


def moment_words(at: datetime) -> str:
    """Return an instant as people in Japan read it: 令和8年11月12日 9:14."""
    local = at.astimezone(TOKYO)
    return f"{year_words(local.date())}{local.month}月{local.day}日 {local.hour}:{local.minute:02}"


def run_page(
    wiring: Wiring, data: RunData, view: View, notice: str = "", trouble: Trouble | None = None
) -> RunPage:
    """Build the page; `data` is read already.

    Parameters
    ----------
    notice
        What is to be said of the run as a whole.
    trouble
        The decision that was not taken; it comes before everything else.
    """
    listed = _listed(data, view)
    pages = max(1, -(-len(listed) // MOST_ROWS))
    shown = listed[(view.page - 1) * MOST_ROWS :][:MOST_ROWS]
    groups = count_groups(data.run, data.proposals)
    bar = tuple((group_words(group), count, FILLS[group]) for group, count in groups.items())
    sentence = result_words(data.everybody, len(data.proposals))
    counted = "、".join(f"{words}{count}人" for words, count, _ in bar)
    empty = FIRST_RUN if view.tab == CHANGED and data.before is None else EMPTY[view.tab]
    return RunPage(
        computed=f"{moment_words(data.run.started_at)} の計算　"
        f"{data.everybody}人 × {data.record.openings}の枠",
        sentence=sentence,
        notice=notice or ("" if data.is_latest else EARLIER),
        trouble=trouble,
        is_latest=data.is_latest,
        changed_href=address_of(data.run) + View(tab=CHANGED).query(),
        bar=bar,
        bar_sentence=f"{data.everybody}人のうち、{counted}",
        checked=data.run.certified,
        proof_words=proof_words(data),
        record_href=f"{address_of(data.run)}/record",
        used_words=used_words(len(data.run.used)),
        deleted_words=deleted_words(data.deleted),
        decisions=decisions(data, view),
        view=view,
        sorts=_sorts(data, view),
        proposals=tuple(
            rows.proposal_row(data, each, view) for each in shown if isinstance(each, Proposal)
        ),
        people=tuple(
            rows.person_row(data, each)
            for each in shown
            if isinstance(each, Unplaced | NotConsidered)
        ),
        changes=tuple(rows.change_row(data, each) for each in shown if isinstance(each, Change)),
        empty="" if listed else empty,
        pages=pages,
        page_href=_page_href(data, view),
        map=_map(wiring, data),
        districts=_district_rows(data),
        unplaced_count=len(data.run.unplaced),
        unplaced=tuple(count_unplaced(data.run.unplaced)),
        one_more=_one_more(data),
        imagined_href=f"{address_of(data.run)}/imagined" if data.is_whole else "",
        mutual=mutual_view(data),
        says_protected=any(data.people[id_].address_protected for id_ in _ids(data)),
    )


def address_of(run: MatchRun) -> str:
    """Return the address of the page of a run."""
    return f"/matching/{run.id}"


def proof_words(data: RunData) -> str:
    """Return one sentence on how far the result can be trusted."""
    run, record = data.run, data.record
    more = record.possibly_more if data.is_whole else None
    return trust_words(accepted=run.certified, status=run.status, proof=record.proof, more=more)


def decisions(data: RunData, view: View) -> Decisions:
    """Return the parts of the page that a decision changes."""
    sums = sums_of(data.proposals)
    counts = {
        PROPOSED: len(data.proposals),
        UNPLACED: len(data.run.unplaced),
        WAITS: sum(map(rows.waits, data.run.not_considered)),
        ADVANCED: sums.advanced + len(data.under_way),
        CHANGED: len(data.changes),
    }
    tabs = tuple(
        Link(
            words,
            address_of(data.run) + view.query(tab=tab, page=1),
            current=tab == view.tab,
            count=counts[tab],
        )
        for tab, words in TABS.items()
    )
    return Decisions(tabs=tabs, sums=sums)


def sums_of(proposals: Iterable[Proposal]) -> Sums:
    """Return how many proposals were advanced and set aside, and how many wait."""
    status = Counter(each.status for each in proposals)
    return Sums(
        advanced=status[ProposalStatus.ADVANCED],
        aside=status[ProposalStatus.SET_ASIDE],
        undecided=status[ProposalStatus.PROPOSED],
    )


def _listed(data: RunData, view: View) -> Sequence[Entry]:
    """Return everything that the list holds, in its order."""
    order = rows.proposal_order(data, view.sort)
    match view.tab:
        case "unplaced":
            return _longest_first(data, data.run.unplaced)
        case "waits":
            return _longest_first(data, [e for e in data.run.not_considered if rows.waits(e)])
        case "advanced":
            going = [e for e in data.proposals if e.status is ProposalStatus.ADVANCED]
            return sorted([*going, *data.under_way], key=order)
        case "changed":
            return data.changes
        case _:
            return sorted(data.proposals, key=order)


def _longest_first(data: RunData, entries: Iterable[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda each: data.people[each.participant_id].since_on)


def _sorts(data: RunData, view: View) -> tuple[Link, ...]:
    if view.tab not in (PROPOSED, ADVANCED):
        return ()
    return tuple(
        Link(words, address_of(data.run) + view.query(sort=sort, page=1), sort == view.sort)
        for sort, words in SORTS.items()
    )


def _page_href(data: RunData, view: View) -> str:
    """Return the address of the list without the number of its page."""
    query = view.query(page=1)
    return f"{address_of(data.run)}{query}{'&' if query else '?'}page="


def _ids(data: RunData) -> set[str]:
    entries: Sequence[Entry] = (*data.proposals, *data.run.unplaced, *data.run.not_considered)
    return {each.participant_id for each in entries}


def _one_more(data: RunData) -> tuple[str, ...]:
    """Return where one more place would help, unless that counts people unknown to the reader."""
    if not data.is_whole:
        return ()
    found = []
    for opening_id in data.record.one_more:
        opening = data.openings.get(opening_id)
        if opening is not None:
            found.append(one_more_words(data.name_of(opening)))
    return tuple(sorted(found))


def _district_rows(data: RunData) -> tuple[DistrictRow, ...]:
    """Count the people of the run by 圏域, without anybody protected."""
    placed = Counter(_district(data, (each.participant_id for each in data.proposals)))
    without = Counter(_district(data, (each.participant_id for each in data.run.unplaced)))
    people = Counter(_district(data, _ids(data)))
    names = [*data.districts, *([""] if people[""] else [])]
    return tuple(
        DistrictRow(name or UNKNOWN_DISTRICT, people[name], placed[name], without[name])
        for name in names
    )


def _district(data: RunData, ids: Iterable[str]) -> Iterable[str]:
    return (data.whereabouts[id_].district for id_ in ids if not data.people[id_].address_protected)


def _map(wiring: Wiring, data: RunData) -> MapView:
    """Draw the 圏域 with their counts, and the places that somebody has a proposal for."""
    notes = {each.name: f"{each.people}人中 {each.placed}人" for each in _district_rows(data)}
    proposed = Counter(
        opening.resource_id
        for each in data.proposals
        if not data.people[each.participant_id].address_protected
        and (opening := data.openings.get(each.opening_id)) is not None
    )
    of_place = {opening.resource_id: opening for opening in data.openings.values()}
    places = [
        feature
        for id_, count in proposed.items()
        if (feature := rows.place_feature(data, of_place[id_], note=f"{count}人の案", aside=True))
        is not None
    ]
    places.sort(key=lambda each: str(each["properties"]["name"]))
    label = f"圏域ごとの「案がある人」の数と、案にある{len(places)}の場所"
    ground = city_features(wiring, data.run.on, notes)
    return MapView(label, collection([*ground, *places]))
