"""What a host reads or hears of somebody who might come: what matters there, and not who it is."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from cases.errors import CaseError
from cases.need import Need
from cases.participant import Participant, age_on
from cases.placing.answers import own_rules
from cases.words.dates import date_words, minutes_words
from cases.words.wording import own_wording
from catalog.opening import Opening
from catalog.vocabulary import Vocabulary

_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without those that look like another: 0 and O, 1, I and L."""
_CODE_LENGTH: Final = 6
_YOUNGEST, _OLDEST = 20, 80
_MOST_WISHES: Final = 3
_LEAST_LENGTH: Final = 2
_LEAST_READING: Final = 3
"""Shorter names and readings stand in other words."""
_LEAST_DIGITS: Final = 6


def short_code(id_: str) -> str:
    """Return the number of an enquiry that can be read aloud, from its id."""
    number = int.from_bytes(hashlib.sha256(id_.encode()).digest())
    found = ""
    for _ in range(_CODE_LENGTH):
        number, at = divmod(number, len(_LETTERS))
        found += _LETTERS[at]
    return found


def age_band(birth_on: date | None, today: date) -> str:
    """Return an age as a host hears it: 40代, 10代まで, 80代以上; nothing where it is unknown."""
    age = age_on(birth_on, today)
    if age is None:
        return ""
    if age < _YOUNGEST:
        return "10代まで"
    return f"{_OLDEST}代以上" if age >= _OLDEST else f"{age // 10 * 10}代"


def enquiry_text(
    person: Participant,
    need: Need | None,
    opening: Opening,
    vocabulary: Vocabulary,
    *,
    office: str,
    today: date,
) -> str:
    """Return what is proposed to be said; of a protected person nothing but that there is one.

    Parameters
    ----------
    office
        Who asks, as the host knows them.
    """
    say = own_rules().text
    told = (
        [] if person.address_protected else list(_about(person, need, opening, vocabulary, today))
    )
    lines = (
        say["opening"].format(office=office, opening=opening.name),
        *told,
        say["in_person" if person.address_protected else "later"],
    )
    return "\n".join(lines)


def last_line(code: str, answer_by_on: date) -> str:
    """Return the line under every enquiry: until when, and under which number."""
    return own_rules().text["answer"].format(day=date_words(answer_by_on), code=code)


def _about(
    person: Participant, need: Need | None, opening: Opening, vocabulary: Vocabulary, today: date
) -> Iterator[str]:
    say = own_rules().text
    if band := age_band(person.birth_on, today):
        yield say["age"].format(band=band)
    if need is not None:
        wished = sorted(need.wishes, key=lambda each: -each.strength)
        offered = [each.menu for each in wished if each.menu in opening.menu][:_MOST_WISHES]
        if offered:
            words = "、".join(f"「{vocabulary.label('menu', each)}」" for each in offered)
            yield say["wishes"].format(wishes=words)
    yield say["begins"].format(stage=own_wording().say("stage", int(opening.first_stage)))
    if need is None:
        return
    if need.companion != "none":
        yield say["companion"]
    if need.max_minutes is not None:
        yield say["minutes"].format(minutes=minutes_words(need.max_minutes))
    if need.accommodations:
        labels = (vocabulary.label("accommodation", each) for each in sorted(need.accommodations))
        yield say["accommodations"].format(accommodations="、".join(labels))


def check_anonymous(text: str, person: Participant, also: Iterable[str] = ()) -> None:
    """Raise where a text tells who it is about.

    Parameters
    ----------
    also
        Further words that would tell it: the town, what the household is called.

    Raises
    ------
    CaseError
        ``enquiry_names_person``, naming what kind of thing stands there, never the thing.
    """
    plain = _plain(text)
    family = person.name_kana.split()[:1]
    readings = (person.name_kana, *(each for each in family if len(each) >= _LEAST_READING))
    names = (*person.name.split(), person.name, *readings)
    places = (person.address, *also)
    for what, words in (("名前", names), ("番号", (person.case_no,)), ("住まい", places)):
        told = (_plain(each) for each in words)
        if any(len(each) >= _LEAST_LENGTH and each in plain for each in told):
            raise CaseError("enquiry_names_person", what=what)
    number = re.sub(r"\D", "", person.phone)
    if len(number) >= _LEAST_DIGITS and number in re.sub(r"\D", "", plain):
        raise CaseError("enquiry_names_person", what="電話番号")


def _plain(text: str) -> str:
    """Return a text without spaces, hyphens and differences of width."""
    return re.sub(r"[\s\-‐－―ー・]", "", unicodedata.normalize("NFKC", text)).casefold()
