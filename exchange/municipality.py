"""Municipality settings: a TOML file to `catalog.municipality.Municipality`.

The least that is accepted: `code`, `name`, `kana`, `plane_zone`. A key that nobody knows is
refused with the nearest known one, so that a slip of the pen is never silently without effect.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from catalog.municipality import (
    CITY_WIDE,
    Agency,
    DistrictLayer,
    DistrictSetting,
    MeetingSetting,
    Municipality,
    Places,
    PlacesByForm,
    PlacesByLayer,
    PlanPeriod,
    SupportFunction,
    Target,
    Window,
    with_check_digit,
)
from catalog.vocabulary import Code, Vocabulary, load_vocabulary
from exchange.errors import ExchangeError
from exchange.messages import in_japanese
from matcher.errors import MatcherError
from matcher.policy import policy_from

SUPPLIED = ("sample", "niiza", "toda")
NOTHING_SAID = "—"
RESERVED_LAYERS = ("outline", "towns")
"""What `import boundaries --layer` calls the city itself and its towns."""
WANTED: Mapping[type, str] = {
    str: '"…" で囲んだ文字',
    int: "引用符のない整数",
    float: "引用符のない数",
    bool: "true か false",
    date: "引用符のない日付（例: 2026-04-01）",
    list: "[…] で囲んだ並び",
    dict: "[名前] で始まる表",
}
"""How a value of a type is written in TOML."""
_T = TypeVar("_T")


def load_municipality(source: str) -> Municipality:
    """Read the settings of a supplied city (`sample`, `niiza`, `toda`) or of a TOML file.

    Raises
    ------
    ExchangeError
        `settings_not_found`, `settings_not_toml`, `settings_unknown_key`, …: which table and
        key, and what would be right.
    """
    if source in SUPPLIED:
        place = files("db").joinpath("municipalities", f"{source}.toml")
        return read_municipality(place.read_bytes(), f"{source}.toml")
    path = Path(source)
    try:
        return read_municipality(path.read_bytes(), path.name)
    except OSError as error:
        supplied = ", ".join(SUPPLIED)
        raise ExchangeError("settings_not_found", file=source, supplied=supplied) from error


def read_municipality(content: bytes, file: str) -> Municipality:
    """Read municipality settings; `file` is how messages name them."""
    try:
        data = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ExchangeError("settings_not_utf8", file=file) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = re.search(r"at line (\d+)", str(error))
        place = f"{line[1]}行目" if line else "終わり"
        raise ExchangeError("settings_not_toml", file=file, place=place) from error
    root = _Table(data, file)
    codes = _codes(root)
    vocabulary = load_vocabulary().extended_by(codes)
    municipality = Municipality(
        code=_code(root),
        name=root.text("name"),
        kana=root.text("kana"),
        plane_zone=root.whole("plane_zone"),
        districts=_layers(root),
        agencies=root.each("agencies", lambda table: _agency(table, vocabulary)),
        windows=root.each("windows", _window),
        meetings=root.each("meetings", _meeting),
        targets=root.each("targets", _target),
        codes=codes,
        policy=_policy(root),
        plan=next(iter(root.one("plan", _plan)), None),
        related_plans=root.each("related_plans", _plan),
        functions=root.each("functions", _function),
    )
    root.finish()
    return municipality


class _Table:
    """One table of the file; remembers which keys were asked for, so that the rest is unknown."""

    def __init__(self, values: Mapping[str, object], where: str) -> None:
        self.values = values
        self.where = where
        self.known: list[str] = []

    def take(self, key: str, kinds: type | tuple[type, ...], default: object = ...) -> object:
        """Give the value of a key, its type checked."""
        self.known.append(key)
        if key not in self.values:
            if default is ...:
                self._refuse_slip_of(key)
                raise ExchangeError("settings_key_missing", where=self.where, key=key)
            return default
        value = self.values[key]
        if not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool):
            raise self.wrong(key, value, *(kinds if isinstance(kinds, tuple) else (kinds,)))
        return value

    def wrong(self, key: str, value: object, *kinds: type) -> ExchangeError:
        """Give the error of a value that is not of these types."""
        wanted = "、".join(WANTED[kind] for kind in kinds)
        return ExchangeError(
            "settings_wrong_type", where=self.where, key=key, value=repr(value), wanted=wanted
        )

    def _refuse_slip_of(self, key: str) -> None:
        """Name a key that was probably meant to be the missing one."""
        for slip in get_close_matches(key, self.values.keys() - {*self.known}, n=1):
            raise ExchangeError("settings_unknown_key", where=self.where, key=slip, near=key)

    def text(self, key: str, default: str | None = None) -> str:
        return str(self.take(key, str, ... if default is None else default))

    def whole(self, key: str) -> int:
        value = self.take(key, int)
        assert isinstance(value, int)
        return value

    def whole_or_none(self, key: str) -> int | None:
        value = self.take(key, int, None)
        return value if isinstance(value, int) else None

    def flag(self, key: str) -> bool:
        return self.take(key, bool, False) is True

    def day(self, key: str) -> date | None:
        value = self.take(key, date, None)
        return value if isinstance(value, date) else None

    def texts(self, key: str) -> tuple[str, ...]:
        values = self.take(key, list, [])
        assert isinstance(values, list)
        if not all(isinstance(value, str) for value in values):
            raise self.wrong(key, values, list, str)
        return tuple(values)

    def mapping(self, key: str) -> Mapping[str, object]:
        value = self.take(key, dict, {})
        assert isinstance(value, dict)
        return value

    def tables(self, key: str) -> Iterator[_Table]:
        values = self.take(key, list, [])
        assert isinstance(values, list)
        for number, value in enumerate(values, start=1):
            where = f"{self.where} [[{key}]] {number}"
            if not isinstance(value, dict):
                raise self.wrong(key, value, dict)
            yield _Table(value, where)

    def each(self, key: str, read: Callable[[_Table], _T]) -> tuple[_T, ...]:
        """Read every table of an array of tables."""
        return tuple(_whole_table(table, read) for table in self.tables(key))

    def one(self, key: str, read: Callable[[_Table], _T]) -> tuple[_T, ...]:
        """Read a table that may be absent."""
        value = self.mapping(key)
        return (_whole_table(_Table(value, f"{self.where} [{key}]"), read),) if value else ()

    def finish(self) -> None:
        """Refuse keys that nobody asked for."""
        for key in self.values:
            if key not in self.known:
                near = get_close_matches(key, self.known, n=1, cutoff=0.0)
                raise ExchangeError(
                    "settings_unknown_key", where=self.where, key=key, near="".join(near)
                )


def _whole_table(table: _Table, read: Callable[[_Table], _T]) -> _T:
    value = read(table)
    table.finish()
    return value


def _code(root: _Table) -> str:
    code = root.text("code")
    if len(code) != 6 or not code.isdecimal() or with_check_digit(code[:5]) != code:
        raise ExchangeError("settings_code", where=root.where, value=code)
    return code


def _codes(root: _Table) -> dict[str, tuple[Code, ...]]:
    """Read a city's own codes: `[codes.<list>]` with code = label or a table."""
    lists: dict[str, tuple[Code, ...]] = {}
    supplied = load_vocabulary().lists
    for name, entries in root.mapping("codes").items():
        where = f"{root.where} [codes.{name}]"
        if name not in supplied:
            near = get_close_matches(name, supplied, n=1, cutoff=0.0)
            raise ExchangeError(
                "settings_unknown_key", where=f"{root.where} [codes]", key=name, near="".join(near)
            )
        if not isinstance(entries, dict):
            raise root.wrong(f"codes.{name}", entries, dict)
        lists[name] = tuple(
            _own_code(code, entry, where, supplied[name].get(code))
            for code, entry in entries.items()
        )
    return lists


def _own_code(code: str, entry: object, where: str, supplied: Code | None) -> Code:
    if isinstance(entry, str):  # another label for a code that is there, or a new code
        return replace(supplied, label=entry) if supplied else Code(code, entry)
    if not isinstance(entry, dict):
        raise _Table({}, where).wrong(code, entry, str, dict)
    return _whole_table(
        _Table(entry, f"{where} {code}"),
        lambda table: Code(
            code, table.text("label"), table.text("group", ""), table.text("note", "")
        ),
    )


def _policy(root: _Table) -> Mapping[str, object]:
    """Read the city's own policy; what the matcher would refuse is refused here already."""
    document = root.mapping("policy")
    try:
        if document:
            policy_from(document)
    except MatcherError as error:
        where = f"{root.where} [policy]"
        raise ExchangeError("settings_policy", where=where, reason=in_japanese(error)) from error
    return document


def _layers(root: _Table) -> tuple[DistrictLayer, ...]:
    """Read the layers of 圏域; `same_as` repeats the 圏域 of a layer written above."""
    layers: dict[str, DistrictLayer] = {}
    for table in root.tables("districts"):
        same_as = table.text("same_as", "")
        if same_as and same_as not in layers:
            near = get_close_matches(same_as, layers, n=1, cutoff=0.0)
            raise ExchangeError(
                "settings_unknown_layer", where=table.where, key=same_as, near="".join(near)
            )
        listed = table.each("districts", _district)
        key = table.text("key")
        if key in layers or key in RESERVED_LAYERS:
            raise ExchangeError("settings_layer_taken", where=table.where, key=key)
        layer = DistrictLayer(
            key=key,
            label=table.text("label"),
            valid_from=table.day("valid_from"),
            valid_to=table.day("valid_to"),
            districts=layers[same_as].districts if same_as else listed,
        )
        table.finish()
        layers[layer.key] = layer
    return tuple(layers.values())


def _district(table: _Table) -> DistrictSetting:
    return DistrictSetting(
        name=table.text("name"),
        towns=table.texts("towns"),
        centre_count=table.whole_or_none("centre_count"),
        note=table.text("note", ""),
    )


def _agency(table: _Table, vocabulary: Vocabulary) -> Agency:
    name = table.text("name")
    return Agency(
        programme=table.text("programme", name),
        name=name,
        field=_listed(table, "field", table.text("field"), vocabulary, "field"),
        places=_places(table, vocabulary),
        forms=tuple(
            _listed(table, "forms", form, vocabulary, "operation_form")
            for form in table.texts("forms")
        ),
        sections=table.texts("sections"),
        operator=table.text("operator", ""),
        function=table.text("function", ""),
        note=table.text("note", ""),
    )


def _places(table: _Table, vocabulary: Vocabulary) -> Places:
    """Read 箇所: a number, 市内全域, —, numbers by form of operation or by layer (第1層 …)."""
    value = table.take("places", (int, str, dict), NOTHING_SAID)
    if value == NOTHING_SAID:
        return None
    if value == CITY_WIDE:
        return CITY_WIDE
    if isinstance(value, int) and value >= 0:
        return value
    if isinstance(value, dict) and all(type(count) is int for count in value.values()):
        counts = tuple((str(name), int(count)) for name, count in value.items())
        forms = [vocabulary.find("operation_form", name) for name, _ in counts]
        if all(forms):
            named = zip(forms, counts, strict=True)
            return PlacesByForm(tuple((form.code, count) for form, (_, count) in named if form))
        return PlacesByLayer(counts)
    raise table.wrong("places", value, int, str, dict)


def _listed(table: _Table, key: str, text: str, vocabulary: Vocabulary, list_name: str) -> str:
    """Give the code of a label or code; the nearest one helps where there is none."""
    code = vocabulary.find(list_name, text)
    if code is None:
        labels = [entry.label for entry in vocabulary.codes(list_name).values()]
        near = get_close_matches(text, labels, n=1, cutoff=0.0)
        raise ExchangeError(
            "settings_unknown_code", where=table.where, key=key, value=text, near="".join(near)
        )
    return code.code


def _window(table: _Table) -> Window:
    return Window(
        name=table.text("name"),
        places=table.texts("places"),
        kind=table.text("kind", ""),
        note=table.text("note", ""),
    )


def _meeting(table: _Table) -> MeetingSetting:
    return MeetingSetting(
        kind=table.text("kind"),
        name=table.text("name"),
        basis=table.text("basis", ""),
        consent_required=table.flag("consent_required"),
        personal_data=table.flag("personal_data"),
        members=table.texts("members"),
        conditions=table.texts("conditions"),
        rhythm=table.text("rhythm", ""),
        note=table.text("note", ""),
        times_a_year=table.whole_or_none("times_a_year"),
    )


def _target(table: _Table) -> Target:
    kind = table.text("kind", "numeric")
    values: dict[int, float | str] = {}
    for year, value in table.mapping("values").items():
        if not year.isdecimal():
            raise ExchangeError("settings_year", where=table.where, key=year)
        values[int(year)] = _amount(_Table({year: value}, table.where), year, kind)
    baseline = _amount(table, "baseline", kind) if "baseline" in table.values else None
    table.known.append("baseline")
    return Target(
        name=table.text("name"),
        unit=table.text("unit", ""),
        values=values,
        baseline=baseline,
        baseline_year=table.whole_or_none("baseline_year"),
        kind=kind,
        measure=table.text("measure", ""),
        window=table.text("window", ""),
    )


def _amount(table: _Table, key: str, kind: str) -> float | str:
    """Read the value of a target: words of a milestone, or a number."""
    if kind == "milestone":
        return table.text(key)
    value = table.take(key, (int, float))
    assert isinstance(value, int | float)
    return value


def _plan(table: _Table) -> PlanPeriod:
    """Read a plan's fiscal years (April to March): `from` = 2026 means from 1 April 2026."""
    return PlanPeriod(
        name=table.text("name"),
        starts_on=date(table.whole("from"), 4, 1),
        ends_on=date(table.whole("to") + 1, 3, 31),
        successor=table.text("successor", ""),
    )


def _function(table: _Table) -> SupportFunction:
    return SupportFunction(
        number=table.whole("number"),
        name=table.text("name"),
        status=table.text("status", ""),
        since_fiscal_year=table.whole_or_none("since"),
    )
