"""Words about helpers and groups: what is offered, and why one is left without the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from cases.helper import Helper
from cases.proposal import Proposal, ProposalStatus
from cases.words.dates import schedule_words
from cases.words.facts import menu_words
from cases.words.wording import fit_word, own_wording
from catalog.opening import Opening
from catalog.vocabulary import Vocabulary

_STANDS: Final = {ProposalStatus.ADVANCED: "進める", ProposalStatus.PROPOSED: "案"}


def offer_words(helper: Helper, vocabulary: Vocabulary) -> str:
    """Return what a helper offers: 体操・運動（2つの会まで）."""
    menu = menu_words(sorted(helper.menu), vocabulary, "、") or "何でも"
    return f"{menu}（{helper.most_groups}つの会まで）" if helper.most_groups > 1 else menu


def helped_groups(
    helper: Helper, proposals: Iterable[Proposal], openings: Mapping[str, Opening]
) -> tuple[str, ...]:
    """Return at which groups somebody helps or could, one line each."""
    own = (each for each in proposals if each.participant_id == helper.id)
    return tuple(
        _group_words(openings[each.opening_id], each)
        for each in own
        if each.status in _STANDS and each.opening_id in openings
    )


def _group_words(group: Opening, proposal: Proposal) -> str:
    when, fit = schedule_words(group.schedule), fit_word(proposal.word)
    return f"{group.name}（{when}・{fit}）：{_STANDS[proposal.status]}"


def left_words(why: str) -> str:
    """Return why a helper was not considered: 本人の了承が、まだありません。."""
    return _said("helper_left", why)


def lack_words(why: str) -> str:
    """Return why a group lacks helpers: 曜日と時間の合う方が、まだいません。."""
    return _said("helper_lack", why)


def _said(table: str, code: str) -> str:
    known = own_wording().tables[table]
    return own_wording().say(table, code if code in known else "otherwise")
