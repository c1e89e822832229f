"""Who would rather have each other, person and host, than what a run gives them."""

from __future__ import annotations

from typing import Final

from api.pages.matching.contexts import MutualRow, MutualView
from api.pages.matching.data import RunData
from api.pages.matching.rows import who_of
from cases.matching.two_sided import mutual_pairs, mutual_words
from cases.words.wording import own_wording

MOST_SHOWN: Final = 20


def mutual_view(data: RunData) -> MutualView | None:
    """Return what a reader may be told; None where no host named whom they would be glad of."""
    everywhere = mutual_pairs(data.run, data.people)
    if everywhere is None:
        return None
    pairs = [each for each in everywhere if each.opening_id in data.openings]
    shown = pairs[:MOST_SHOWN]
    return MutualView(
        sentence=mutual_words(pairs),
        meaning=own_wording().say("two_sided", "meaning") if pairs else "",
        rows=tuple(
            MutualRow(
                who_of(data, each.participant_id),
                data.name_of(data.openings[each.opening_id]),
                f"/people/{each.participant_id}/openings/{each.opening_id}",
            )
            for each in shown
        ),
        more=len(pairs) - len(shown),
    )
