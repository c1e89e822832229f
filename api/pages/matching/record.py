"""The record of a run: what went in, what was proven, and the frozen files themselves."""

from __future__ import annotations

from typing import Final

from fastapi import HTTPException

from api.pages.matching.contexts import Link, RecordPage
from api.pages.matching.data import RunData
from api.pages.matching.page import address_of, moment_words

OBJECTIVES: Final = {
    "placed": "つながる人の数",
    "floors": "集まりごとの最低数に 足りない数",
    "score": "合い方の合計",
    "stay": "前と同じ場所の人数",
}
METHODS: Final = {"flow": "最小費用流（すべての組み合わせの中で最も良い案を求める方法）"}
PROOFS: Final = {"potentials": "場所ごとの値段による証明（別のプログラムで確かめる）"}


def record_page(data: RunData) -> RecordPage:
    """Build the page."""
    run, record = data.run, data.record
    facts = (
        ("計算した日時", moment_words(run.started_at)),
        ("どの日の時点か", f"{run.on:%Y年%-m月%-d日}"),
        ("枠の数", str(record.openings)),
        ("方針の版", run.policy_version),
        ("つなぎ手の版", run.code_version),
        ("求め方", METHODS.get(record.method, record.method)),
        ("証明", PROOFS.get(record.proof, record.proof)),
        ("検算", "合いました" if run.certified else "合いませんでした"),
        ("入力の指紋（SHA-256）", run.digest),
    )
    if not data.is_whole:
        return RecordPage(Link("案の一覧", address_of(run)), f"R-{run.number}", facts)
    return RecordPage(
        back=Link("案の一覧", address_of(run)),
        number=f"R-{run.number}",
        facts=facts,
        objectives=tuple(
            (OBJECTIVES[each.name], _figure(each.value), _figure(each.bound))
            for each in record.objectives
        ),
        files=(
            Link("問題のファイル（JSON）", f"{address_of(run)}/problem.json"),
            Link("結果のファイル（JSON）", f"{address_of(run)}/result.json"),
        ),
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
    return "—" if value is None else f"{value:g}" if value == int(value) else f"{value:.6f}"
