"""決めておくこと: what a household or the office settles, and who then goes where, row by row.

親子2人（母と息子）が待っています。母も息子も、どの枠にも合います。
「畑」は水曜の午前で1人、「道具」は木曜の午後で2人、「花」は水曜の午前で1人まで。
畑が、2人とも いちばん合います。表の一行ずつを、実際の計算に確かめています。
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from cases.bond import Bond, BondKind
from cases.contradiction import RulesContradict
from cases.matching.arrangements import arrange
from cases.matching.everyone import run_matching
from cases.placing_rule import PlacingKind, PlacingRule
from cases.words.settled import kind_words
from catalog.opening import Opening
from catalog.schedule import Band
from matcher.policy import own_policy
from tests.cases.matching.test_settled_rules import AT
from tests.cases.small_city import FIELD, SHED, TODAY, city, inputs, need, person
from tests.spec.tables import rows

MOTHER, SON = "母", "息子"
FLOWERS: Final = replace(FIELD, id="花", description="花だんの世話", last_confirmed_on=None)
OPENINGS: Final[dict[str, Opening]] = {
    "畑": replace(FIELD, id="畑"),
    "道具": replace(SHED, id="道具"),
    "花": FLOWERS,
}
ANY_TIME: Final = frozenset((day, band) for day in range(7) for band in Band)
BONDS: Final = {kind_words(kind): kind for kind in BondKind}


def settled(words: str) -> list[PlacingRule | Bond]:
    """Read なし, 母を道具に決める, 母に畑を出さない, or a bond in the words of the screen."""
    if words in BONDS:
        people = (MOTHER, SON)
        return [
            Bond(
                id=words,
                kind=BONDS[words],
                participant_ids=people,
                reason="世帯の都合",
                made_by="u1",
                made_at=AT,
            )
        ]
    rules: list[PlacingRule | Bond] = []
    for part in words.split("、") if words != "なし" else ():
        who = MOTHER if part.startswith(MOTHER) else SON
        (opening,) = (name for name in OPENINGS if name in part)
        kind = PlacingKind.LOCK if part.endswith("に決める") else PlacingKind.EXCLUSION
        rules.append(
            PlacingRule(
                id=part,
                kind=kind,
                participant_id=who,
                opening_id=opening,
                reason="本人の希望",
                made_by="u1",
                made_at=AT,
            )
        )
    return rules


def places_after(words: str, openings: str) -> str:
    """Return the places of both in the order of their names, or what contradicts."""
    found = settled(words)
    arranged = arrange(
        [each for each in found if isinstance(each, PlacingRule)],
        [each for each in found if isinstance(each, Bond)],
        TODAY,
        under_way={},
        asking=(),
    )
    people = [person(MOTHER), person(SON)]
    needs = [need(each.id, available=ANY_TIME) for each in people]
    where = city([OPENINGS[name] for name in openings.split("・")])
    try:
        outcome = run_matching(inputs(people, needs, where, arranged=arranged), own_policy())
    except RulesContradict as contradiction:
        return "ぶつかる：" + "と".join(each.rule.rule_id for each in contradiction.conflict)
    assert outcome.certified
    places = sorted(each.opening_id for each in outcome.proposals)
    return "と".join(places) or "なし"


def test_a_mother_and_her_son() -> None:
    """Each kind of rule does what its words say, and takes no place that it need not.

    | 決めたこと | ある枠 | 2人の枠 |
    |---|---|---|
    | なし | 畑・道具・花 | 畑と花 |
    | なし | 畑 | 畑 |
    | いっしょの枠 | 畑・道具・花 | 道具と道具 |
    | いっしょの枠 | 畑・花 | なし |
    | 同じ曜日・時間の枠 | 畑・道具・花 | 畑と花 |
    | 同じ曜日・時間の枠 | 畑・道具 | 道具と道具 |
    | 全員に枠があるときだけ | 畑 | なし |
    | 全員に枠があるときだけ | 畑・花 | 畑と花 |
    | 別々の枠 | 道具 | 道具 |
    | 別々の受け入れ先 | 畑・花 | 畑 |
    | 母を道具に決める | 畑・道具 | 畑と道具 |
    | 母に畑を出さない、息子に畑を出さない | 畑・道具 | 道具と道具 |
    | 母を畑に決める、息子を畑に決める | 畑・道具 | ぶつかる：母を畑に決めると息子を畑に決める |
    | 母を畑に決める、母に畑を出さない | 畑・道具 | ぶつかる：母を畑に決めると母に畑を出さない |
    """
    for row in rows(test_a_mother_and_her_son):
        assert places_after(row["決めたこと"], row["ある枠"]) == row["2人の枠"], row
