"""Forms: text into values, every mistake named at its field, nothing typed is lost."""

from __future__ import annotations

from datetime import date

import pytest

from api.answers import Answers, Typed, version_of
from tests.cases.small_city import need, person

LABELS = {
    "name": "名前",
    "born": "生年月日",
    "minutes": "時間",
    "mode": "行き方",
    "modes": "行き方",
}


def answers(**fields: str | tuple[str, ...]) -> Answers:
    """Return a form that was sent."""
    return Answers(
        Typed({name: (v,) if isinstance(v, str) else v for name, v in fields.items()}), LABELS
    )


@pytest.mark.parametrize(
    "written",
    ["昭和51年5月1日", "S51.5.1", "1976/5/1", "１９７６年５月１日", "1976-05-01", "19760501"],
)
def test_dates_are_read_as_offices_write_them(written: str) -> None:
    form = answers(born=written)
    assert form.day("born") == date(1976, 5, 1)
    assert not form.errors


@pytest.mark.parametrize("written", ["昭和70年13月1日", "50歳", "1976/2/30"])
def test_an_impossible_date_is_repeated_with_an_example(written: str) -> None:
    form = answers(born=written)
    assert form.day("born") is None
    assert form.errors["born"].startswith(f"生年月日「{written}」は、日付として読めません。")
    assert form.typed.one("born") == written


def test_numbers_have_bounds_and_units() -> None:
    assert answers(minutes="６０分").integer("minutes", 1, 600) == 60
    assert answers(minutes="").integer("minutes", 1, 600) is None
    for written in ("0", "601", "半時間", "1.5"):
        form = answers(minutes=written)
        assert form.integer("minutes", 1, 600) is None
        assert form.errors["minutes"].startswith("時間")


def test_only_what_is_offered_can_be_chosen() -> None:
    form = answers(mode="rocket", modes=("walk", "rocket", "walk"))
    assert form.choice("mode", {"walk", "bus"}, "walk") == "walk"
    assert form.choices("modes", {"walk", "bus"}) == ("walk",)
    assert set(form.errors) == {"mode", "modes"}
    assert answers().choice("mode", {"walk"}, "walk") == "walk"
    assert answers().choices("modes", {"walk"}) == ()


def test_texts_are_trimmed_and_not_endless() -> None:
    assert answers(name="　青葉 実 ").text("name") == "青葉 実"
    form = answers(name="あ" * 201)
    form.text("name")
    assert "200文字まで" in form.errors["name"]
    form = answers(name=" ")
    assert form.required("name", "名前を書いてください。") == ""
    assert form.errors == {"name": "名前を書いてください。"}


def test_a_version_changes_with_the_content_only() -> None:
    assert version_of(person("p1")) == version_of(person("p1"))
    assert version_of(person("p1")) != version_of(person("p1", note="べつの記録"))
    assert version_of(need("p1", avoid_menu=frozenset("cab"))) == version_of(
        need("p1", avoid_menu=frozenset("bca"))
    )
    assert version_of(None) != version_of(need("p1"))
