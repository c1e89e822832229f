"""A city's policy is read with the line of each mistake, compared, and written again."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import MatcherError
from matcher.policy import own_policy
from matcher.policy_text import Changed, changed_values, line_of, read_policy, write_policy

HEAD = 'from = 2027-04-01\nsource = "第3回会議"\n'


@pytest.mark.parametrize(
    ("text", "line", "key"),
    [
        (HEAD + "\n[weights]\nwish = 30\nwihs = 1\n", 6, "weights.wihs"),
        (HEAD + "[calm]\n# rows\nbears = [\n  [1, 0],\n]\n", 5, "calm.bears"),
        (HEAD + "[wieghts]\nwish = 1\n", 3, "wieghts"),
        (HEAD + "weights.wish = true\n", 3, "weights.wish"),
        (HEAD + "[words]\nfair = 0.9\n", 3, "words"),
    ],
)
def test_a_mistake_is_shown_on_its_line(text: str, line: int, key: str) -> None:
    with pytest.raises(MatcherError) as caught:
        read_policy(text)
    assert (caught.value.code, caught.value.params["line"]) == ("policy_line", line)
    reason = caught.value.params["reason"]
    assert isinstance(reason, MatcherError)
    assert reason.params["key"] == key


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [(HEAD + "[weights\n", 3, 9), (HEAD + "[weights]\nwish 3\n", 4, 6), ("from = ", 1, None)],
)
def test_what_is_no_toml_names_the_place(text: str, line: int, column: int | None) -> None:
    with pytest.raises(MatcherError) as caught:
        read_policy(text)
    assert (caught.value.code, caught.value.params["line"]) == ("policy_syntax", line)
    assert column in (None, caught.value.params["column"])


def test_what_is_missing_stands_on_no_line() -> None:
    with pytest.raises(MatcherError) as caught:
        read_policy("from = 2027-04-01\n[weights]\nwish = 3\n")
    assert (caught.value.code, caught.value.params["key"]) == ("policy_missing", "source")
    assert line_of("a = 1\n", "b") == 0


def test_only_what_differs_is_told() -> None:
    city = read_policy(HEAD + "[weights]\nwish = 50\ntime = 20\n[calm]\npeople = [6, 15, 50]\n")
    assert changed_values(own_policy(), city) == (
        Changed("weights.wish", 30.0, 50.0),
        Changed("calm.people", (6.0, 15.0, 40.0), (6.0, 15.0, 50.0)),
    )


@given(
    st.text(min_size=1).filter(lambda text: text.isprintable() and text.strip()),
    st.text().filter(str.isprintable),
    st.floats(0, 1e6),
    st.tuples(*[st.floats(0.001, 1000)] * 2),
)
def test_a_policy_comes_back_from_its_file(
    source: str, note: str, wish: float, place: tuple[float, float]
) -> None:
    """Whatever a policy changes is read again from what is written, to the last bit."""
    own = own_policy()
    policy = dataclasses.replace(
        own,
        source=source,
        note=note,
        weights=dataclasses.replace(own.weights, wish=wish),
        relax=dataclasses.replace(own.relax, place=place),
    )
    again = read_policy(write_policy(policy))
    assert again == policy
    assert again.version == policy.version
