"""What an import did, row by row: the report of the contract and its words for the terminal."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

SHOWN = 5
"""How many findings of one kind the terminal shows; the JSON report has them all."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is no data: label, blank, total, another municipality's."""

    row: int
    why: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A value that is refused (`rejected`) or that nobody here knows (`unresolved`)."""

    row: int
    column: str
    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Repaired:
    """A value that was mended on the way in."""

    row: int
    column: str
    before: str
    after: str
    why: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of one sheet of one file.

    Row numbers are those of a spreadsheet (feature index + 1 for geographic files); `data_rows`
    are those that hold data. `rows == imported + len(distinct rejected rows)` always holds.
    """

    file: str
    sheet: str
    kind: str
    encoding: str
    new: int = 0
    changed: int = 0
    same: int = 0
    skipped: tuple[Skipped, ...] = ()
    rejected: tuple[Finding, ...] = ()
    repaired: tuple[Repaired, ...] = ()
    unresolved: tuple[Finding, ...] = ()
    unknown_columns: tuple[str, ...] = ()
    data_rows: tuple[int, ...] = ()

    @property
    def rows(self) -> int:
        """How many data rows there are."""
        return len(self.data_rows)

    @property
    def imported(self) -> int:
        """Rows whose content is in the database afterwards."""
        return self.rows - len({finding.row for finding in self.rejected})

    def as_json(self) -> dict[str, object]:
        """Return the entry of this sheet as the contract writes it."""
        return {
            "file": self.file,
            "sheet": self.sheet,
            "kind": self.kind,
            "encoding": self.encoding,
            "rows": self.rows,
            "imported": self.imported,
            "new": self.new,
            "changed": self.changed,
            "same": self.same,
            "skipped": [asdict(each) for each in self.skipped],
            "rejected": [asdict(each) for each in self.rejected],
            "repaired": [
                {
                    "row": each.row,
                    "column": each.column,
                    "from": each.before,
                    "to": each.after,
                    "why": each.why,
                }
                for each in self.repaired
            ],
            "unresolved": [asdict(each) for each in self.unresolved],
            "unknown_columns": list(self.unknown_columns),
        }

    def refused(self, why: str) -> ImportReport:
        """Return the report of a file of which nothing goes in (`--strict`)."""
        bad = {finding.row for finding in self.rejected}
        others = tuple(Finding(row, "", "", why) for row in self.data_rows if row not in bad)
        return replace(self, rejected=self.rejected + others, new=0, changed=0, same=0)


def to_json(reports: Sequence[ImportReport]) -> str:
    """Return the whole report file: a list, one entry for each file and sheet."""
    entries = [report.as_json() for report in reports]
    return json.dumps(entries, ensure_ascii=False, indent=1) + "\n"


def in_japanese(reports: Sequence[ImportReport]) -> str:
    """Return one screen of text: what went in, what did not, and what to do about it."""
    return "\n".join(line for report in reports for line in _lines(report)) + "\n"


def _lines(report: ImportReport) -> list[str]:
    sheet = f"（{report.sheet}）" if report.sheet else ""
    refused = {finding.row for finding in report.rejected}
    in_refused = (finding for finding in report.unresolved if finding.row in refused)
    to_mend = sorted((*report.rejected, *in_refused), key=_column_then_row)
    to_check = [finding for finding in report.unresolved if finding.row not in refused]
    lines = [
        f"{report.file}{sheet}　{report.rows}行のうち {report.imported}行を取り込みました。"
        f"新しい {report.new}・変わった {report.changed}・同じ {report.same}"
    ]
    if not report.rows:
        lines.append("  取り込む行がありませんでした。")
    if refused:
        lines.append(f"  ✕ 取り込めなかった行 {len(refused)}")
        lines += _findings(to_mend)
    if to_check:
        lines.append(f"  ? 確かめてほしいところ {len(to_check)}（行は入っています）")
        lines += _findings(to_check)
    if report.repaired:
        lines.append(f"  ✎ 直して読んだところ {len(report.repaired)}")
        reasons = Counter(each.why for each in report.repaired)
        lines += [f"      {why}（{count}か所）" for why, count in reasons.most_common(SHOWN)]
    if report.skipped:
        lines.append(f"  － とばした行 {len(report.skipped)}")
        reasons = Counter(each.why for each in report.skipped)
        lines += [f"      {why}（{count}行）" for why, count in reasons.most_common(SHOWN)]
    if report.unknown_columns:
        lines.append("  － 使わなかった列 " + "、".join(report.unknown_columns))
    return lines


def _column_then_row(finding: Finding) -> tuple[bool, int]:
    """Order what can be mended before rows that only share the fate of their file."""
    return not finding.column, finding.row


def _findings(findings: Sequence[Finding]) -> list[str]:
    lines = []
    for finding in findings[:SHOWN]:
        where = f"{finding.row}行目"
        if finding.column:
            where += f"「{finding.column}」"
        lines.append(f"      {where} {finding.why}")
    if len(findings) > SHOWN:
        lines.append(f"      ほか {len(findings) - SHOWN}件（--report で すべて書き出せます）")
    return lines
