"""The words of a match: what is said of a pair, and what never is.

案につく文は、計算が実際に使ったことだけから作ります。本人への評価は、どこにも出てきません。
"""

from __future__ import annotations

from datetime import time

from cases.matching.stories import tell_pair
from cases.matching.weighing import weigh
from cases.need import Wish
from cases.words.dates import schedule_words
from cases.words.wording import fit_word
from catalog.schedule import Band, Schedule, parse_recurrence
from matcher.policy import own_policy
from tests.cases.small_city import FIELD, TODAY, city, inputs, need, person
from tests.spec.tables import rows

WEEKDAYS = "月火水木金土日"
BANDS = {"午前": Band.MORNING, "午後": Band.AFTERNOON, "夕方": Band.EVENING}
MENU = {"畑・庭の手入れ": "gardening", "物をなおす": "repairing", "本・図書": "books"}


def test_reasons() -> None:
    """A match says what the person wants and what the place has, the strongest first.

    つなぎ先は「畑の手伝い」（毎週水曜 10時〜11時、いつも4人ほど、a町から歩いて18分）です。

    | やりたいこと | 行ける時間 | 行ける分 | 合い方 | 理由 |
    |---|---|---|---|---|
    | 畑・庭の手入れ | 水曜の午前 | 30分 | よく合う | やりたい「畑・庭の手入れ」で、希望の水曜の午前。歩いて18分です。 |
    | 本・図書 | 水曜の午前 | 30分 | 合う | 希望の水曜の午前で、歩いて18分。いつも4人ほどの場所です。 |
    | 畑・庭の手入れ | 水曜の午後 | 30分 | 今は合わない | 希望の曜日・時間と重なりません（この場所は毎週水曜 10時〜11時）。 |
    | 畑・庭の手入れ | 水曜の午前 | 10分 | 今は合わない | 歩いて18分ほどで、希望の10分までより遠い場所です。 |
    """  # noqa: E501 (a table row is one line)
    for row in rows(test_reasons):
        day, band = row["行ける時間"].split("曜の")
        wanted = need(
            "p1",
            wishes=(Wish(MENU[row["やりたいこと"]], 5),),
            wishes_text="",
            available=frozenset({(WEEKDAYS.index(day), BANDS[band])}),
            travel_limit_minutes=int(row["行ける分"].removesuffix("分")),
        )
        weighed = weigh(inputs([person("p1")], [wanted], city([FIELD])), own_policy())
        story = tell_pair(weighed, "p1", FIELD.id)
        assert fit_word(story.explanation.word) == row["合い方"], row
        assert (story.reason or story.refusal) == row["理由"], row


def test_schedules() -> None:
    """The national recurrence code is read aloud as people say it.

    | 式 | 時間 | ことば |
    |---|---|---|
    | 0We | 10:00-11:00 | 毎週水曜 10時〜11時 |
    | 0TuTh | 13:30-15:00 | 毎週火・木曜 13時30分〜15時 |
    | 13Mo | 10:00-12:00 | 第1・第3月曜 10時〜12時 |
    | 14Tu4Th | 10:00-12:00 | 第1・第4火曜と第4木曜 10時〜12時 |
    | 6Fr | 18:00-20:00 | 最終金曜 18時〜20時 |
    | 7Th | 10:00-12:00 | 隔週木曜 10時〜12時 |
    """
    for row in rows(test_schedules):
        starts, ends = (time.fromisoformat(part) for part in row["時間"].split("-"))
        anchor = TODAY if "7" in row["式"] else None
        schedule = Schedule(parse_recurrence(row["式"]), starts, ends, anchor_on=anchor)
        assert schedule_words(schedule) == row["ことば"], row
