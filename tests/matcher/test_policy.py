"""A policy is dated data: read, checked, laid over the product's own, named by its content."""

from __future__ import annotations

import dataclasses
from datetime import date
from pathlib import Path

import pytest

from matcher.errors import MatcherError
from matcher.policy import PART_NAMES, load_policy, own_policy, policy_from

HEAD = 'from = 2027-04-01\nsource = "第3回会議"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "city.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_own_policy_is_complete_and_weighs_to_one() -> None:
    policy = load_policy()
    assert PART_NAMES == ("wish", "time", "travel", "calm", "ease", "fresh")
    assert sum(policy.weights.shares) == pytest.approx(1)
    assert policy.source


def test_a_city_changes_only_what_it_names(tmp_path: Path) -> None:
    city = load_policy(written(tmp_path, HEAD + "[weights]\nwish = 50\n"))
    own = load_policy()
    assert city.weights == dataclasses.replace(own.weights, wish=50.0)
    assert (city.from_on, city.source, city.note) == (date(2027, 4, 1), "第3回会議", "")
    assert city.calm == own.calm


def test_the_version_names_date_and_content() -> None:
    head = {"from": date(2027, 4, 1), "source": "会議"}
    one = policy_from(head)
    same = policy_from(head | {"weights": {"wish": 30}})
    other = policy_from(head | {"weights": {"wish": 31}})
    assert one.version == same.version
    assert one.version.startswith("2027-04-01-")
    assert len({one.digest, other.digest, own_policy().digest}) == 3


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        ('source = "x"\n', "policy_missing", "from"),
        ("from = 2027-04-01\n", "policy_missing", "source"),
        ('from = "2027-04-01"\nsource = "x"\n', "policy_value", "from"),
        ('from = 2027-04-01T10:00:00\nsource = "x"\n', "policy_value", "from"),
        ('from = 2027-04-01\nsource = " "\n', "policy_value", "source"),
        ("from = 2027-04-01\nsource = 3\n", "policy_value", "source"),
        (HEAD + "note = 3\n", "policy_value", "note"),
        (HEAD + "weights = 3\n", "policy_value", "weights"),
        (HEAD + "[weights]\nwish = -1\n", "policy_value", "weights"),
        (HEAD + "[weights]\nwish = true\n", "policy_value", "weights.wish"),
        (HEAD + "[weights]\nwish = nan\n", "policy_value", "weights.wish"),
        (HEAD + "[weights]\nwish = [1]\n", "policy_value", "weights.wish"),
        (
            HEAD + "[weights]\nwish = 0\ntime = 0\ntravel = 0\ncalm = 0\nease = 0\nfresh = 0\n",
            "policy_value",
            "weights",
        ),
        (HEAD + "[words]\nfair = 0.9\n", "policy_value", "words"),
        (HEAD + "[part_words]\neffort = 0\n", "policy_value", "part_words"),
        (HEAD + "[stage]\nmost_steps = 0\n", "policy_value", "stage.most_steps"),
        (HEAD + "[wish]\ntext_full = 0\n", "policy_value", "wish.text_full"),
        (HEAD + "[wish]\nunsaid = 2\n", "policy_value", "wish.unsaid"),
        (HEAD + "[travel]\nfar_minutes = 0\n", "policy_value", "travel.far_minutes"),
        (HEAD + "[calm]\nbears = 1\n", "policy_value", "calm.bears"),
        (HEAD + "[calm]\nbears = [1, 2, 3]\n", "policy_value", "calm.bears"),
        (HEAD + "[calm]\nbears = [[1], [1], [1]]\n", "policy_value", "calm.bears"),
        (HEAD + "[calm]\npeople = [1, 2]\n", "policy_value", "calm.people"),
        (HEAD + "[ease]\nlong_minutes = 0\n", "policy_value", "ease.long_minutes"),
        (HEAD + "[fresh]\nfull_days = 600\n", "policy_value", "fresh"),
        (HEAD + "[relax]\nplace = [1]\n", "policy_value", "relax.place"),
        (HEAD + "[relax]\nplace = [0, 0]\n", "policy_value", "relax.place"),
        (HEAD + "[relax]\nplace = [0, 0.0004]\n", "policy_value", "relax.place"),
        (HEAD + "[relax]\nplace = [-1, 2]\n", "policy_value", "relax.place"),
        (HEAD + "[relax]\nplace = [0, 1001]\n", "policy_value", "relax.place"),
        (HEAD + "[relax]\nplace = 3\n", "policy_value", "relax.place"),
        (HEAD + "[wieghts]\n", "policy_unknown", "wieghts"),
        (HEAD + "[weights]\nwihs = 1\n", "policy_unknown", "weights.wihs"),
    ],
)
def test_a_wrong_policy_is_refused_where_it_is_wrong(
    tmp_path: Path, text: str, code: str, key: str
) -> None:
    with pytest.raises(MatcherError) as caught:
        load_policy(written(tmp_path, text))
    assert (caught.value.code, caught.value.params["key"]) == (code, key)


def test_an_unknown_name_comes_with_the_nearest_known(tmp_path: Path) -> None:
    with pytest.raises(MatcherError) as caught:
        load_policy(written(tmp_path, HEAD + "[weights]\ntrave = 1\n"))
    assert caught.value.params["near"] == "weights.travel"


@pytest.mark.parametrize("content", [b"from = ", b"\x83\x5c", None])
def test_an_unreadable_file_is_one_clear_error(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "city.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MatcherError, match="policy_unreadable") as caught:
        load_policy(path)
    assert caught.value.params["path"] == "city.toml"
