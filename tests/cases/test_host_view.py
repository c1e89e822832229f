"""What a host reads of who waits: what could be done, never on whose account."""

from __future__ import annotations

from dataclasses import replace

from cases.host_view import asks_of_host
from cases.matching import weigh
from cases.weighing import Weighed
from catalog.opening import Opening, OpeningStatus, Welcome
from catalog.schedule import Band
from matcher.policy import own_policy
from tests.cases.small_city import FIELD, city, inputs, need, person

PLACE = "定員をあと1人 ふやせれば、つながる方がいます。"
OPEN = "また 受け付けられれば、つながる方がいます。"
OTHERWISE = "受け入れられる条件を 広げられれば、つながる方がいます。"
FITS = "いまの条件のままで、つながる方がいます。"


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
        (FIELD, FITS),
    ):
        assert asks_of_host(waiting(3, opening), "o-field") == (told,)


def test_nothing_is_said_on_behalf_of_one_or_two() -> None:
    """Who knows the town could guess them."""
    for people in (1, 2):
        assert asks_of_host(waiting(people, replace(FIELD, taken=1)), "o-field") == ()
        assert asks_of_host(waiting(people, FIELD), "o-field") == ()


def test_what_a_person_would_have_to_change_is_not_told_to_the_host() -> None:
    """Neither their days nor what they must avoid."""
    friday = frozenset({(4, Band.EVENING)})
    assert asks_of_host(waiting(4, FIELD, available=friday), "o-field") == ()
    avoided = waiting(4, FIELD, avoid_host_ids=frozenset({"h-farm"}))
    assert asks_of_host(avoided, "o-field") == ()


def test_the_same_is_said_for_three_as_for_ten() -> None:
    """No number is in it."""
    full = replace(FIELD, taken=1)
    assert asks_of_host(waiting(3, full), "o-field") == asks_of_host(waiting(10, full), "o-field")
