"""Code lists: the product's own, looking codes up, and a city's additions."""

from __future__ import annotations

import re
from datetime import date

import pytest

from catalog.checks import VISIBILITIES
from catalog.errors import CatalogError
from catalog.vocabulary import (
    BIT_LISTS,
    MOST_BITS,
    Code,
    Vocabulary,
    load_vocabulary,
    read_vocabulary,
)

VOCABULARY = load_vocabulary()
LISTS = [
    "resource_kind",
    "menu",
    "form",
    "role",
    "field",
    "situation",
    "accommodation",
    "need_kind",
    "transport",
    "insurance",
    "set_aside_reason",
    "operation_form",
    "organisation_kind",
    "contact_method",
    "visibility",
    "channel",
    "connector",
    "screening",
    "consultation",
    "housing",
    "health",
    "living_with",
    "visit_result",
    "relation_stage",
    "consent_giver",
    "plan_service",
    "plan_judgement",
    "person_answer",
    "host_answer_reason",
    "placement_reason",
    "end_reason",
    "host_worry",
    "absence_reason",
    "danger_sign",
    "closure_reason",
    "evaluation_judgement",
    "change_seen",
]


def test_every_list_is_there_with_its_source() -> None:
    """Code lists are dated data that say where they come from."""
    assert list(VOCABULARY.lists) == LISTS
    for name in LISTS:
        assert VOCABULARY.origins[name].source
        assert VOCABULARY.origins[name].from_on in (date(2026, 4, 1), date(2026, 11, 24))
    assert VOCABULARY.version
    assert VOCABULARY.source


@pytest.mark.parametrize("name", LISTS)
def test_codes_are_english_labels_japanese_and_neither_twice(name: str) -> None:
    """A code is snake_case; two codes of a list never read the same."""
    entries = VOCABULARY.codes(name)
    assert entries
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", code) for code in entries)
    labels = [entry.label for entry in entries.values()]
    assert len(set(labels)) == len(labels)
    assert not any(re.search(r"対象者|ケース|スコア|不適合|却下|欠席", label) for label in labels)


def test_activities_of_the_plans_have_codes() -> None:
    """What the two municipal plans count as places can be registered."""
    for kind in [
        "salon",
        "kayoinoba",
        "child_rearing_hub",
        "activity_center",
        "ibasho",
        "community_hub",
        "elderly_consultation_center",
        "community_welfare_association",
        "volunteer_site",
        "workplace",
        "farm",
        "temple",
        "public_facility",
        "other",
    ]:
        assert VOCABULARY.check("resource_kind", kind)
    assert all(entry.group for entry in VOCABULARY.codes("menu").values())


def test_visibilities_are_those_that_the_code_depends_on() -> None:
    """Who may see what is decided by code, named by the list."""
    assert set(VOCABULARY.codes("visibility")) == set(VISIBILITIES)


def test_set_aside_reasons_say_what_follows() -> None:
    """The effect stands beside each reason."""
    assert all(entry.note for entry in VOCABULARY.codes("set_aside_reason").values())


def test_a_label_is_what_people_read() -> None:
    """Code in, plain Japanese out."""
    assert VOCABULARY.label("menu", "go_shogi") == "囲碁・将棋"


@pytest.mark.parametrize(
    ("name", "value", "near"),
    [
        ("menu", "gardning", "gardening"),
        ("menu", "囲碁将棋", "go_shogi"),
        ("form", "", ""),
    ],
)
def test_an_unknown_code_names_near_ones(name: str, value: str, near: str) -> None:
    """The nearest first, by code or by label, said in codes."""
    with pytest.raises(CatalogError) as caught:
        VOCABULARY.check(name, value)
    assert caught.value.code == "unknown_code"
    assert str(caught.value.params["near"]).split(", ")[0] == near
    assert value in str(caught.value)
    assert name in str(caught.value)


def test_an_unknown_list_names_near_ones() -> None:
    """A slip in a settings file is found."""
    with pytest.raises(CatalogError, match="resource_kind") as caught:
        VOCABULARY.codes("resource_kinds")
    assert caught.value.code == "unknown_list"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("gardening", "gardening"),
        ("畑・庭の手入れ", "gardening"),
        ("ﾊﾟｿｺﾝ", "computer"),
        ("お茶 ・ おしゃべり", "tea_chat"),
        ("宇宙", None),
    ],
)
def test_people_may_write_the_label_in_any_width(text: str, code: str | None) -> None:
    """Importers find a code by what the sheet says."""
    entry = VOCABULARY.find("menu", text)
    assert (entry and entry.code) == code


def test_bits_follow_the_order_of_the_list() -> None:
    """The first code is bit 0; a code named twice counts once."""
    first, second, *_ = VOCABULARY.codes("accommodation")
    assert VOCABULARY.mask("accommodation", [second, first, second]) == 0b11
    assert VOCABULARY.mask("accommodation", []) == 0
    everything = VOCABULARY.mask("accommodation", VOCABULARY.codes("accommodation"))
    assert everything < 2**MOST_BITS


def test_an_unknown_code_has_no_bit() -> None:
    """It is refused, never ignored."""
    with pytest.raises(CatalogError, match="no code"):
        VOCABULARY.mask("field", ["elderly", "old"])


def test_a_city_adds_and_renames_without_moving_bits() -> None:
    """Own codes come last; a new label keeps the code's place; the product's lists stay."""
    own = VOCABULARY.extended_by({"field": [Code("farmers", "農家"), Code("elderly", "高齢者")]})
    assert list(own.codes("field")) == [*VOCABULARY.codes("field"), "farmers"]
    assert own.label("field", "elderly") == "高齢者"
    assert VOCABULARY.label("field", "elderly") == "高齢"
    assert own.mask("field", ["elderly"]) == VOCABULARY.mask("field", ["elderly"])
    assert own.lists["menu"] is VOCABULARY.lists["menu"]


def test_a_city_cannot_invent_a_list() -> None:
    """Nothing would read it."""
    with pytest.raises(CatalogError, match="no code list"):
        VOCABULARY.extended_by({"menus": [Code("a", "あ")]})


@pytest.mark.parametrize("name", sorted(BIT_LISTS))
def test_lists_that_become_bits_have_room_for_sixty(name: str) -> None:
    """One more would not fit the solver's numbers."""
    full = {f"c{n}": Code(f"c{n}", f"コード{n}") for n in range(MOST_BITS)}
    assert Vocabulary({name: full}, "1", "test").mask(name, ["c59"]) == 2**59
    with pytest.raises(CatalogError) as caught:
        Vocabulary({name: {**full, "more": Code("more", "もう一つ")}}, "1", "test")
    assert caught.value.code == "too_many_codes"
    assert "61" in str(caught.value)


def test_a_code_has_a_name_and_a_label() -> None:
    """An empty one is refused."""
    with pytest.raises(CatalogError, match=r"code\.label"):
        Code("a", " ")


def test_a_code_listed_twice_is_refused() -> None:
    """The second would silently win."""
    entry = '{ code = "a", label = "あ" }'
    text = f"""
        version = "1"
        source = "test"
        [lists.menu]
        source = "test"
        from = 2026-04-01
        codes = [{entry}, {entry}]
    """
    with pytest.raises(CatalogError, match="twice"):
        read_vocabulary(text)
