from __future__ import annotations

from tests.mutation.__main__ import MATCHER, equivalents
from tests.mutation.mutants import mutants_of, mutated, shares
from tests.mutation.touching import Touching

SOURCE = '''from __future__ import annotations


def longest(*, lengths: list[int] | None = None) -> int | None:
    """Return the largest."""
    return max(lengths) if lengths and len(lengths) > 1 else 0
'''


def test_every_place_is_changed_once_and_no_annotation() -> None:
    found = list(mutants_of("some", SOURCE, seed=1))
    assert {mutant.before for mutant in found} == {SOURCE.splitlines()[-1].strip()}
    # The condition, its `and`, the comparison, the 1 and the 0.
    assert len(found) == 5
    for mutant in found:
        changed = mutated(SOURCE, mutant.operator, mutant.occurrence)
        assert mutant.after in changed
        assert mutant.before not in changed


def test_an_edit_elsewhere_keeps_the_drawn_changes() -> None:
    """So that the score moves only with the code and the tests."""
    longer = SOURCE.replace("return", "size = len(lengths) + 1\n    return", 1)
    one = [(mutant.before, mutant.after) for mutant in mutants_of("some", SOURCE, seed=1)]
    other = [(mutant.before, mutant.after) for mutant in mutants_of("some", longer, seed=1)]
    assert [pair for pair in other if pair[0].startswith("return")] == one


def test_shares_follow_the_sizes() -> None:
    assert shares([100, 50, 1, 0], 30, least=3) == [20, 10, 1, 0]


def test_the_tests_of_a_line_are_those_that_run_it() -> None:
    """What runs at the import is looked at by all tests of the module, and by all quick ones."""
    lines = {("some", 6): frozenset({"a", "b"}), ("some", 7): frozenset({"b"})}
    seconds = {"a": 1.0, "b": 2.0, "c": 0.01, "d": 1.0}
    touched = Touching(seconds, {**lines, ("some", 1): frozenset()})
    assert touched.of("some", 6) == {"a": 1.0, "b": 2.0}
    assert touched.of("some", 7) == {"b": 2.0}
    assert touched.of("some", 1) == {"a": 1.0, "b": 2.0, "c": 0.01}
    assert touched.of("other", 1) == {"c": 0.01}


def test_what_is_called_equivalent_is_still_there() -> None:
    for module, before, after in equivalents():
        text = (MATCHER / f"{module}.py").read_text(encoding="utf-8")
        assert before in text, f"{module}: {before}"
        assert after != before
