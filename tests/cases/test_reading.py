"""Everybody whom a store hands out is noted, and found in the answer that shows them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import date, datetime

from cases.bond import Bond, BondKind
from cases.consent import Consent, ConsentState
from cases.participant import Participant
from cases.permissions import PeopleScope, scope_of_everyone
from cases.reading import Reading, notes_readers, people_in, reading
from catalog.dates import TOKYO

SCOPE = scope_of_everyone("999999")


def a_person(id_: str, name: str, case_no: str) -> Participant:
    return Participant(id=id_, case_no=case_no, name=name, since_on=date(2026, 4, 1))


MORI = a_person("idMori", "森 いずみ", "T-0001")
MARY = a_person("idMary", "Mary O'Neil", "受-2")
SHU = a_person("idShu", "林 修", "T-0003")


@notes_readers
class Store:
    """A store of three people."""

    def participants(self, scope: PeopleScope) -> list[Participant]:
        assert scope
        return [MORI, MARY, SHU]

    def participant(self, scope: PeopleScope, participant_id: str) -> Participant | None:
        return next((each for each in self.participants(scope) if each.id == participant_id), None)

    def case_numbers(self) -> list[str]:
        return [MORI.case_no]

    def _hidden(self, scope: PeopleScope) -> list[Participant]:
        return [SHU]


def listed() -> Reading:
    with reading() as noted:
        Store().participants(SCOPE)
    return noted


def test_who_is_asked_for_is_shown_whatever_the_answer_says() -> None:
    """The page of one person is about them, even where it names them by their given name."""
    with reading() as noted:
        assert Store().participant(SCOPE, "idMori") == MORI
    assert noted.opened == {"idMori"}
    assert "idMori" in noted.shown_in("")


def test_of_a_list_only_those_are_shown_whom_the_answer_tells_of() -> None:
    """By id, by case number, or by name, however the page writes it."""
    noted = listed()
    assert noted.shown_in("だれもいません。いずみの会 T-00011") == frozenset()
    assert noted.shown_in('<a href="/people/idShu/openings">') == {"idShu"}
    assert noted.shown_in("受付番号 T-0001 の方") == {"idMori"}
    assert noted.shown_in("番号は受-2です") == {"idMary"}
    assert noted.shown_in("<td>森 いずみ さん</td><td>Mary O&#39;Neil</td>") == {"idMori", "idMary"}
    assert noted.everybody() == {"idMori", "idMary", "idShu"}


def test_numbers_alone_hand_out_nobody() -> None:
    """A read without a scope is of nobody; nothing is noted where nothing is answered."""
    with reading() as noted:
        Store().case_numbers()
        Store()._hidden(SCOPE)
    assert noted.everybody() == frozenset()
    assert Store().participants(SCOPE)


def test_a_thread_that_works_for_an_answer_notes_for_it() -> None:
    """Pages are built in threads of their own."""
    with reading() as noted, ThreadPoolExecutor(1) as pool:
        pool.submit(copy_context().run, Store().participants, SCOPE).result()
        pool.submit(Store().participant, SCOPE, "idShu").result()  # works for nobody
    assert set(noted.listed) == {"idMori", "idMary", "idShu"}
    assert noted.opened == set()


def test_two_answers_do_not_mix() -> None:
    """Each notes its own."""
    with reading() as outer:
        with reading() as inner:
            Store().participants(SCOPE)
        assert inner.listed
    assert not outer.listed


def test_whatever_is_about_somebody_names_them() -> None:
    """Statements by their person, what binds several by all of them, in any nesting."""
    said = Consent(
        id="c", participant_id="p1", state=ConsentState.NONE_YET, given_by="", on=date(2026, 4, 1)
    )
    bond = Bond(
        id="b",
        kind=BondKind.APART_HOST,
        participant_ids=("p3", "p2"),
        reason="理由",
        made_by="u",
        made_at=datetime(2026, 4, 1, tzinfo=TOKYO),
    )
    found = people_in({"p1": [said], "x": (bond, None, "text", 3)})
    assert [id_ for id_, _ in found] == ["p1", "p2", "p3"]
