"""What a host reads of who waits: what could be done, never on whose account."""

from __future__ import annotations

from dataclasses import replace

from cases.matching.host_view import HostsPart, hosts_part
from cases.matching.weighing import Weighed, weigh
from catalog.opening import Opening, OpeningStatus, Welcome
from catalog.schedule import Band
from matcher.policy import own_policy
from tests.cases.small_city import FIELD, city, inputs, need, person

PLACE = "定員をあと1人 ふやせれば、つながる方がいます。"
OPEN = "また 受け付けられれば、つながる方がいます。"
OTHERWISE = "受け入れられる条件を 広げられれば、つながる方がいます。"
NOTHING = HostsPart()


def waiting(people: int, opening: Opening, **wish: object) -> Weighed:
    """Weigh people who all wish the same, in a city of one opening."""
    ids = [f"p{at}" for at in range(people)]
    return weigh(
        inputs([person(id_) for id_ in ids], [need(id_, **wish) for id_ in ids], city([opening])),
        own_policy(),
    )


def test_what_the_host_could_do_is_said() -> None:
    for opening, told in (
        (replace(FIELD, taken=1), PLACE),
        (replace(FIELD, status=OpeningStatus.PAUSED), OPEN),
        (replace(FIELD, welcome=Welcome(min_age=65)), OTHERWISE),
    ):
        assert hosts_part(waiting(3, opening), "o-field") == HostsPart(asks=(told,))
    assert hosts_part(waiting(3, FIELD), "o-field") == HostsPart(fits=True)


def test_nothing_is_said_on_behalf_of_one_or_two() -> None:
    """Who knows the town could guess them."""
    for people in (1, 2):
        assert hosts_part(waiting(people, replace(FIELD, taken=1)), "o-field") == NOTHING
        assert hosts_part(waiting(people, FIELD), "o-field") == NOTHING


def test_what_a_person_would_have_to_change_is_not_told_to_the_host() -> None:
    """Neither their days nor what they must avoid."""
    friday = frozenset({(4, Band.EVENING)})
    assert hosts_part(waiting(4, FIELD, available=friday), "o-field") == NOTHING
    avoided = waiting(4, FIELD, avoid_host_ids=frozenset({"h-farm"}))
    assert hosts_part(avoided, "o-field") == NOTHING


def test_the_same_is_said_for_three_as_for_ten() -> None:
    """No number is in it."""
    full = replace(FIELD, taken=1)
    assert hosts_part(waiting(3, full), "o-field") == hosts_part(waiting(10, full), "o-field")


def test_each_has_its_line() -> None:
    lines = {HostsPart(fits, asks).sentence for fits in (True, False) for asks in ((), (PLACE,))}
    assert len(lines) == 4
    assert not any(character.isdigit() for line in lines for character in line)
