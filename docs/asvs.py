"""The table of security requirements: what answers each of OWASP ASVS 5.0, level 2, by its id."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

TABLE = Path(__file__).with_name("asvs.csv")

_HEAD = """# OWASP ASVS 5.0, level 2

Written by `make docs` from `docs/asvs.csv`. The requirements are the 253 of level 1 and 2 of the
OWASP Application Security Verification Standard 5.0.0, by their ids; their text stands in the
standard. A test checks that none is missing and that each named test and document exists.
"""


class Answer(StrEnum):
    """How a requirement is met, or why not."""

    TEST = "test"
    DOCUMENT = "document"
    NOT_APPLICABLE = "not_applicable"
    OPEN = "open"


WORDS = {
    Answer.TEST: "tested",
    Answer.DOCUMENT: "documented",
    Answer.NOT_APPLICABLE: "not applicable",
    Answer.OPEN: "open",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement.

    Attributes
    ----------
    requirement
        Such as `V6.2.1`.
    answer
        How it is met.
    where
        Ids of tests, or documents, with spaces between.
    remark
        Why not, or what the test does not say by its name.
    """

    requirement: str
    answer: Answer
    where: tuple[str, ...]
    remark: str

    @property
    def chapter(self) -> str:
        """Return the chapter, such as `V6`."""
        return self.requirement.partition(".")[0]


def rows() -> list[Row]:
    """Read the table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [
            Row(
                line["requirement"],
                Answer(line["answer"]),
                tuple(line["where"].split()),
                line["remark"],
            )
            for line in csv.DictReader(file)
        ]


def asvs_page() -> str:
    """Return `docs/asvs.md`."""
    read = rows()
    chapters = list(dict.fromkeys(row.chapter for row in read))
    return "\n".join([_HEAD, *_sums(read, chapters), *(_section(read, c) for c in chapters)])


def _sums(read: list[Row], chapters: list[str]) -> list[str]:
    head = ["| chapter | " + " | ".join(WORDS.values()) + " | all |", "|---|" + "---:|" * 5]
    lines = []
    for name, chosen in [
        *((c, [r for r in read if r.chapter == c]) for c in chapters),
        ("all", read),
    ]:
        counts = Counter(row.answer for row in chosen)
        cells = [str(counts[answer]) for answer in WORDS]
        lines.append(f"| {name} | " + " | ".join([*cells, str(len(chosen))]) + " |")
    return [*head, *lines, ""]


def _section(read: list[Row], chapter: str) -> str:
    lines = [f"## {chapter}", "", "| id | answer | where | remark |", "|---|---|---|---|"]
    for row in read:
        if row.chapter == chapter:
            where = "<br>".join(f"`{each}`" for each in row.where)
            lines.append(f"| {row.requirement} | {WORDS[row.answer]} | {where} | {row.remark} |")
    return "\n".join([*lines, ""])
