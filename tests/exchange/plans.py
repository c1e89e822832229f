"""Reads the tables and lists of the two municipal plans and compares them with the settings.

Every table (tab-separated lines) is read; one with an unknown head is a difference too, so that
nothing can be overlooked. Long descriptions of programmes are free text and are not compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from catalog.municipality import (
    Agency,
    MeetingSetting,
    Municipality,
    PlacesByForm,
    PlacesByLayer,
    PlanPeriod,
)
from catalog.vocabulary import Vocabulary, load_vocabulary

FORMS = ("一部委託", "既存事業", "指定管理", "直営", "委託", "補助", "民間")
REIWA = 2018
# Two slips of 戸田市's draft that the settings mend, each with a comment.
SLIPS = {"革新関係機関": "各支援関係機関"}
OTHER_FIELD_NAMES = {"生活困窮者支援等": "生活困窮"}


@dataclass(frozen=True)
class PlanTable:
    """One table with the last heading before it."""

    heading: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def squeeze(text: str) -> str:
    """Give the text without spaces, in one width, so that only what it says counts."""
    return "".join(unicodedata.normalize("NFKC", text).replace("〜", "~").split())


def tables(plan: str, functions: Iterable[str]) -> Iterator[PlanTable]:
    """Yield the tables of a plan; a block without a known head goes on with the one before."""
    names = {squeeze(name) for name in functions}
    head: tuple[str, ...] = ()
    rows: list[tuple[str, ...]] = []
    heading = heading_of_head = ""
    begun = False
    for line in [*plan.splitlines(), ""]:
        if "...." in line:  # table of contents
            continue
        cells = tuple(squeeze(cell) for cell in line.split("\t"))
        if len(cells) > 1:
            if not begun and is_head(cells):
                if head:
                    yield PlanTable(heading_of_head, head, tuple(rows))
                head, rows, heading_of_head = cells, [], heading
            elif not all(set(cell) == {"-"} for cell in cells):  # a rule between two parts
                rows.append(cells)
            begun = True
            continue
        begun = False
        text = re.sub(r"^(\d+|\(\d+\))(?=\D)", "", cells[0])
        if text in names or text.endswith("構成") or text.startswith("【"):
            heading = text
    if head:
        yield PlanTable(heading_of_head, head, tuple(rows))


HEADS = {
    ("年度",), ("事業名", "事業の概要"), ("機関(事業)名", "設置数"), ("支援機関名", "運営形態"),
    ("機関名", "現在値(R6)"), ("整備目標", "目標"), ("事業名称法106条の4第2項各号より",),
    ("分野", "事業名"), ("部局", "所属・機関"),
}  # fmt: skip


def is_head(cells: tuple[str, ...]) -> bool:
    """Say whether a line is the head of a table that this module can compare."""
    return any(cells[: len(head)] == head for head in HEADS)


def differences(plan: str, city: Municipality) -> list[str]:
    """Say, one line each, where the settings do not say what the plan says."""
    words = load_vocabulary().extended_by(city.codes)
    functions = [function.name for function in city.functions]
    found: list[PlanTable] = list(tables(plan, functions))
    told = [
        *compare("機関", agency_rows(found, functions), settings_rows(city, words)),
        *compare("目標", target_rows(found), settings_targets(city)),
        *compare("構成", member_rows(found), settings_members(city, found)),
        *compare("事業", status_rows(found), settings_statuses(city, words, found)),
        *compare("一覧", overview_rows(found), settings_overview(city, found)),
        *compare("計画", period_rows(found), settings_periods(city, found)),
        *compare("会議", meeting_rows(plan), [r for m in city.meetings for r in meeting_row(m)]),
    ]
    covered = sum(1 for t in found if any(t.head[: len(head)] == head for head in HEADS) and t.rows)
    return told if covered == len(found) else [*told, "a table without rows or with a new head"]


def compare(what: str, plan: Iterable[object], settings: Iterable[object]) -> list[str]:
    """List the places where two sequences differ."""
    pairs = zip_longest(plan, settings, fillvalue="(nothing)")
    return [f"{what}: plan {a} / settings {b}" for a, b in pairs if a != b]


# ------------------------------------------------------------------ 機関
def agency_rows(found: list[PlanTable], functions: list[str]) -> list[tuple[object, ...]]:
    """Give (function, field, name, places, forms, operator, sections) of each row of the plan."""
    rows: list[tuple[object, ...]] = []
    names = [squeeze(name) for name in functions]
    for table in found:
        if table.head[:2] == ("機関(事業)名", "設置数"):
            for name, places, field, forms, sections in table.rows:
                rows.append((
                    function_of(table, names), field, name, places_of(places, forms),
                    forms_of(forms), "", sections_of(sections),
                ))  # fmt: skip
        elif table.head[:2] == ("支援機関名", "運営形態"):
            for name, forms in table.rows:
                rows.append((table.heading, None, name, None, forms_of(forms), "", None))
        elif table.head[:2] == ("分野", "事業名"):
            field = ""
            for each, name, _, form, places, sections in table.rows:
                field = each or field
                written, _, operator = form.partition("(")
                function = name if name in names else function_of(table, names)
                rows.append((
                    function, OTHER_FIELD_NAMES.get(field, field), name,
                    places_of(places, written), forms_of(written), operator.rstrip(")"),
                    sections_of(sections),
                ))  # fmt: skip
    return rows


def function_of(table: PlanTable, names: list[str]) -> str:
    """Give the part of 重層 to which a table belongs: by its heading 【…の一覧】 or section."""
    return next((name for name in names if name in table.heading), table.heading)


def forms_of(text: str) -> tuple[str, ...]:
    """Give the forms of operation, in their order, also where they are written together."""
    return tuple(re.findall("|".join(FORMS), text))


def places_of(text: str, forms: str) -> object:
    """Give a number, numbers by form or layer, the whole city, or None for a dash."""
    if layers := re.findall(r"(第\d層)(\d+)圏域", text):
        return tuple((layer, int(count)) for layer, count in layers)
    counts = [int(count) for count in re.findall(r"\d+", text)]
    if len(counts) > 1:
        return tuple(zip(forms_of(forms), counts, strict=True))
    return counts[0] if counts else None if text in {"-", "—"} else text


def sections_of(text: str) -> tuple[str, ...]:
    """Give the sections of the office, separated by 、 or set out with ・."""
    return tuple(part for part in re.split(r"[、・]", text) if part)


def settings_rows(city: Municipality, words: Vocabulary) -> Iterator[tuple[object, ...]]:
    """Give the same of the settings; short tables of the plan name no field and no section."""
    for agency in city.agencies:
        short = agency.places is None and "介護予防" not in agency.name
        yield (
            squeeze(agency.function),
            None if short else words.label("field", agency.field),
            squeeze(agency.name),
            settings_places(agency, words),
            tuple(words.label("operation_form", form) for form in agency.forms),
            agency.operator,
            None if short else agency.sections,
        )


def settings_places(agency: Agency, words: Vocabulary) -> object:
    """Give the places as the plan's cells read."""
    if isinstance(agency.places, PlacesByForm):
        return tuple((words.label("operation_form", f), n) for f, n in agency.places.counts)
    return agency.places.counts if isinstance(agency.places, PlacesByLayer) else agency.places


# ------------------------------------------------------------------ 目標
def target_rows(found: list[PlanTable]) -> Iterator[tuple[object, ...]]:
    """Give (name, baseline year, baseline, year, value, year, value) of each target."""
    for table in found:
        if table.head[0] == "機関名":
            now = year_of(table.head[1])
            years = [year_of(cell) for cell in table.rows[0][2:]]
            for name, baseline, *values in table.rows[1:]:
                yield (name, now, value_of(baseline), *zip_flat(years, values))
        elif table.head[0] == "整備目標":
            years = [year_of(cell) for cell in table.rows[0][1:]]
            for name, *values in table.rows[1:]:
                yield (name, None, None, *zip_flat(years, values))


def zip_flat(years: list[int], values: list[str]) -> Iterator[object]:
    """Put each year before its value."""
    for year, value in zip(years, values, strict=True):
        yield from (year, value_of(value))


def year_of(text: str) -> int:
    """Read R8, 令和8年 or (R6) as a western year."""
    match = re.search(r"\d+", text)
    assert match, text
    return REIWA + int(match.group())


def value_of(text: str) -> object:
    """Read 609件 and 6圏域 as a number with its unit, anything else as a milestone."""
    match = re.fullmatch(r"(\d+)(\D+)", text)
    return (int(match[1]), match[2]) if match else text


def settings_targets(city: Municipality) -> Iterator[tuple[object, ...]]:
    """Give the same of the settings, milestones first as in the plan."""
    order = {"milestone": 1, "numeric": 0}
    in_plan = sorted(city.targets, key=lambda t: (t.baseline is None, -order[t.kind]))
    for target in in_plan:
        name = squeeze(target.name).removesuffix("の相談受付件数")

        def shown(value: float | str | None, unit: str = target.unit) -> object:
            return (value, unit) if isinstance(value, int) else value

        values = [part for year, value in target.values.items() for part in (year, shown(value))]
        yield (name, target.baseline_year, shown(target.baseline), *values)


# ------------------------------------------------------------------ 会議の構成と開き方
def member_rows(found: list[PlanTable]) -> Iterator[str]:
    """Give each member of a meeting that the plan sets out as a table."""
    for table in found:
        if table.head[:2] == ("部局", "所属・機関"):
            bureau = ""
            for first, *rest in table.rows:
                bureau = first or bureau
                yield "/".join(part for part in [table.heading, bureau, *rest] if part)


def settings_members(city: Municipality, found: list[PlanTable]) -> Iterator[str]:
    """Give the same of the settings."""
    headings = {table.heading for table in found if table.head[0] == "部局"}
    for meeting in city.meetings:
        heading = squeeze(meeting.name) + "構成"
        if heading in headings:
            yield from (f"{heading}/{squeeze(member)}" for member in meeting.members)


def meeting_rows(plan: str) -> Iterator[tuple[str, ...]]:
    """Give (name, members …), (name, conditions …) and (name, rhythm) of each meeting's section."""
    lines = [squeeze(line) for line in plan.splitlines() if line.strip()]
    text = "\n".join(lines)
    for slip, meant in SLIPS.items():
        text = text.replace(slip, meant)
    for section in re.split(r"\n(?=\(\d\)\S*会議)|\*\*(?=\(\d\)\S*会議)", text):
        name = re.match(r"\(\d\)(\S*会議)(?:\(支援会議\))?(?:\*\*)?\n", section)
        if not name:
            continue
        section = re.split(r"\n(?=第4章|支援プランの作成|4関係機関の)", section)[0]
        if "【要件】" in section:
            yield (name[1], "members", *bullets(section, "【参加者】"))
            yield (name[1], "conditions", *bullets(section, "【要件】"))
            yield (name[1], "rhythm", re.findall(r"【開催頻度】(\w+)", section)[0])
        elif "イ構成" in section:
            yield (name[1], "members", *bullets(section, "イ構成"))
            yield (name[1], "rhythm", rhythm_of(section))


def bullets(section: str, title: str) -> list[str]:
    """Give the points (or the one line) under a title of a meeting's section."""
    after = section.split(title, 1)[1].strip().split("\n")
    points = []
    for line in after:
        if not line.startswith(("・", "-・")):
            break
        points.append(line.lstrip("-・"))
    return points or after[:1]


def rhythm_of(section: str) -> str:
    """Give how often 新座市's meeting takes place: the first line, or what 定期 means."""
    how = section.split("実施方法等\n", 1)[1]
    first = how.split("\n")[0].split("、")[0]
    if first.startswith("定期"):
        regular = how.split("定期開催\n", 1)[1].split("、")[0]
        return first.replace("定期", regular)
    return first


def meeting_row(meeting: MeetingSetting) -> Iterator[tuple[str, ...]]:
    """Give the same of one meeting of the settings, where the plan has a section for it."""
    if meeting.kind in {"confidential", "coordination"} or meeting.rhythm == "毎年度に1回以上":
        name = squeeze(meeting.name)
        yield (name, "members", *(squeeze(member) for member in meeting.members))
        if any("開催すべき" in condition for condition in meeting.conditions):
            yield (name, "conditions", *(squeeze(each) for each in meeting.conditions))
        yield (name, "rhythm", squeeze(meeting.rhythm))


# ------------------------------------------------------------------ 事業の枠組みと一覧
def status_rows(found: list[PlanTable]) -> Iterator[tuple[object, ...]]:
    """Give (number, name, status, since) and the existing programmes by field (戸田市 2(2))."""
    for table in found:
        if table.head[0].startswith("事業名称"):
            for name, content, status in table.rows:
                number, function = re.findall(r"第(\d)号(.+)", name)[0]
                since = re.findall(r"\(R(\d+)年度~\)", status)
                yield (
                    int(number), function, status.split("(")[0],
                    REIWA + int(since[0]) if since else None,
                )  # fmt: skip
                yield from existing(content)


def existing(content: str) -> Iterator[tuple[str, str]]:
    """Give (field, text of its programmes) of 「<既存事業>[介護]…[障がい]…」."""
    if content.startswith("<既存事業>"):
        yield from re.findall(r"\[(.+?)\]([^\[]+)", content)


def settings_statuses(
    city: Municipality, words: Vocabulary, found: list[PlanTable]
) -> Iterator[tuple[object, ...]]:
    """Give the same of the settings."""
    if not any(table.head[0].startswith("事業名称") for table in found):
        return
    for function in city.functions:
        yield (function.number, function.name, function.status, function.since_fiscal_year)
        if function.status == "既存事業":
            programmes: dict[str, dict[str, None]] = {}
            for agency in city.agencies:
                if agency.function == function.name:
                    label = words.label("field", agency.field)
                    programmes.setdefault(label, {})[squeeze(agency.programme)] = None
            for label, names in programmes.items():
                yield (label, "".join(names))


def overview_rows(found: list[PlanTable]) -> Iterator[tuple[str, ...]]:
    """Give (function, programmes …) of each overview (新座市 【…の一覧】)."""
    for table in found:
        if table.head[:2] == ("事業名", "事業の概要"):
            yield (table.heading, *(row[0] for row in table.rows))


def settings_overview(city: Municipality, found: list[PlanTable]) -> Iterator[tuple[str, ...]]:
    """Give the same of the settings."""
    headings = [table.heading for table in found if table.head[:2] == ("事業名", "事業の概要")]
    for heading in headings:
        names = {
            squeeze(agency.programme): None
            for agency in city.agencies
            if squeeze(agency.function) in heading
        }
        yield (heading, *names)


# ------------------------------------------------------------------ 計画の期間
def period_rows(found: list[PlanTable]) -> list[tuple[str, int, int]]:
    """Give (plan, first fiscal year, last) of the chart of periods (新座市 1章3)."""
    periods = []
    for table in found:
        if table.head[0] == "年度":
            years = [year_of(cell) for cell in table.head[1:]]
            families: dict[str, list[tuple[int, str]]] = {}
            for row in table.rows:
                for year, name in zip(years, row[1:], strict=True):
                    if name:
                        family = re.sub(r".*(重層|福祉計画|活動計画).*", r"\1", name)
                        families.setdefault(family, []).append((year, name))
            for plans in families.values():  # each plan ends where the next of its kind begins
                ends = [*(year for year, _ in plans[1:]), years[-1] + 1]
                periods += [(n, y, end - 1) for (y, n), end in zip(plans, ends, strict=True)]
    return sorted(periods)


def settings_periods(city: Municipality, found: list[PlanTable]) -> list[tuple[str, int, int]]:
    """Give the same of the settings."""
    if not any(table.head[0] == "年度" for table in found):
        return []
    plans: list[PlanPeriod] = [*city.related_plans, *([city.plan] if city.plan else [])]
    return sorted((squeeze(p.name), p.starts_on.year, p.ends_on.year - 1) for p in plans)
