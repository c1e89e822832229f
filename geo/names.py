"""One spelling for the many ways in which one town (町丁字) is written."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_NINE = "一二三四五六七八九"
_KANJI_NUMBER = rf"(?:[{_NINE}]?十[{_NINE}]?|[{_NINE}]〇?)"
NUMBER = rf"(?:{_KANJI_NUMBER}|(?<!\d)\d{{1,2}}(?!\d))"
"""Pattern of a number from 1 to 99 in kanji or in digits (after NFKC)."""

_HAN = "[々〆\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
# White space, zero-width characters and variation selectors: seen by nobody, compared by machines.
_INVISIBLE = re.compile("[\\s\u200b-\u200d\u2060\ufeff\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_CHOME = re.compile(rf"({NUMBER})丁目")
_KE = re.compile(rf"(?<=.)[ヶケガが](?={_HAN})")  # 霞ヶ関 霞ケ関 霞が関
_AZA = re.compile(r"(?<![文十丁])(?:大字|字)(?=.)")  # but 十文字町, 丁字屋町
_NO = re.compile(rf"(?<={_HAN})[のノ之](?={_HAN})")  # 堀ノ内 堀の内 堀之内
_TSU = re.compile(rf"(?<={_HAN})[つツッっ](?={_HAN})")  # 四ツ谷 四つ谷

_OLD_KANJI = str.maketrans(
    "澤濱邊邉齋齊廣國櫻瀧槇榮淵渕嶋﨑嵜髙眞藏萬龍彌惠條澁實圓靜壽增曾檜篭"
    "櫛藪冨峯舘會學縣橋驛德鷗鹽關濵",
    "沢浜辺辺斎斉広国桜滝槙栄渕渕島崎崎高真蔵万竜弥恵条渋実円静寿増曽桧籠"
    "櫛薮富峰館会学県橋駅徳鴎塩関浜",
)


def kanji_to_int(number: str) -> int:
    """Read a number from 1 to 99 as `NUMBER` matches it.

    Parameters
    ----------
    number
        ``"12"``, ``"十二"``, ``"二十"`` or ``"二〇"``.
    """
    if number.isdecimal():
        return int(number)
    tens, ten, ones = number.replace("〇", "十").rpartition("十")
    return (_digit(tens, 1) * 10 if ten else 0) + _digit(ones, 0)


def _digit(kanji: str, if_absent: int) -> int:
    return _NINE.index(kanji) + 1 if kanji else if_absent


def spell(text: str, *, keep_aza: bool = False) -> str:
    """Write a town name in one way: NFKC, no spaces, 丁目 in digits, one small ヶ.

    Parameters
    ----------
    text
        A town name as written somewhere.
    keep_aza
        Leave 大字 and 字 in place. A city may have both 大字上戸田 and 上戸田, so ids keep them;
        matching drops them.
    """
    spelled = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    spelled = _INVISIBLE.sub("", spelled)
    if not keep_aza:
        spelled = _AZA.sub("", spelled)
    spelled = _KE.sub("ヶ", spelled)
    return _CHOME.sub(lambda found: f"{kanji_to_int(found[1])}丁目", spelled)


@lru_cache(maxsize=4_096)  # each request reads the towns of the city again
def normalise_town_name(text: str) -> str:
    """Give the key under which all usual spellings of one town meet.

    Folded are widths, spaces, 丁目 in kanji and digits up to 99, 大字 and 字, and ヶ ケ ガ が.
    Old kanji are not folded here: they may tell two towns apart (see `loosen`).
    """
    return spell(text)


def loosen(key: str) -> str:
    """Fold also what could tell two towns apart: old kanji, ノ の 之 and つ ツ.

    Parameters
    ----------
    key
        A key of `normalise_town_name`.
    """
    return _TSU.sub("ツ", _NO.sub("ノ", key.translate(_OLD_KANJI)))


def split_chome(key: str) -> tuple[str, int | None]:
    """Split a key into its 町名 and its 丁目, None where it has none."""
    found = re.fullmatch(r"(.+?)(\d{1,2})丁目", key)
    return (found[1], int(found[2])) if found else (key, None)
