"""The record of a run: what went in, how far it came, how that was checked, and the files."""

from __future__ import annotations

from fastapi import HTTPException

from api.pages.matching.contexts import Link, RecordPage
from api.pages.matching.data import RunData
from api.pages.matching.page import address_of, moment_words
from api.pages.records.words import deleted_count
from cases.words.dates import date_words
from cases.words.wording import own_wording


def record_page(data: RunData) -> RecordPage:
    """Build the page; what was counted over everybody only for who may know of everybody."""
    run, record, wording = data.run, data.record, own_wording()
    checked = "合いました" if run.certified else "合いませんでした"
    facts = (
        ("計算した日時", moment_words(run.started_at)),
        ("かかった時間", f"{(run.finished_at - run.started_at).total_seconds():.1f}秒"),
        ("どの日として", date_words(run.on)),
        ("調べた枠", f"{record.openings}枠"),
        *((("調べたあとに", deleted_count(data.deleted)),) if data.deleted.total else ()),
        ("解き方", wording.tables["method"].get(record.method, record.method)),
        ("証明", wording.say("proof", record.proof)),
        ("検算", f"{checked}（解いたプログラムを使わない、別のプログラムで確かめました）"),
        ("条件と重みの版", run.policy_version),
        ("つなぎ手の版", run.code_version),
        ("計算に使った値の印（SHA-256）", run.digest),
    )
    objectives = (
        (wording.say("objective", each.name), _figure(each.value), _figure(each.bound))
        for each in record.objectives
    )
    files = (
        Link("問題（problem.json）", f"{address_of(run)}/problem.json"),
        Link("結果と証明（result.json）", f"{address_of(run)}/result.json"),
    )
    return RecordPage(
        number=f"R-{run.number}",
        sentence=wording.say("run_status", run.status),
        back_href=address_of(run),
        facts=facts,
        objectives=tuple(objectives) if data.is_whole else (),
        files=files if data.is_whole else (),
    )


def read_file(data: RunData, name: str) -> bytes:
    """Return a frozen file of a run.

    Raises
    ------
    HTTPException
        404 for a reader who may not know of everybody in it.
    """
    if not data.is_whole:
        raise HTTPException(404)
    return data.run.problem if name == "problem" else data.run.result


def _figure(value: float | None) -> str:
    return "—" if value is None else f"{value:,.6f}".rstrip("0").rstrip(".")
