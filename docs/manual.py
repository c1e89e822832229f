"""The chapter of the manual that tells the model case, from the story that the tests walk."""

from __future__ import annotations

from tests.spec.model_case import CHAPTERS, Chapter

_HEAD = """# ひとつの世帯の物語

市の計画にある支援の流れの例を、見本の市でたどります。登場する人と団体は、すべて架空です。
ここに書いてあることは、同じ順に、画面の言葉だけをたよりに、自動で確かめています
（`tests/spec/model_case.py`。書式だけの画面と、ブラウザのキーボードだけの操作の、両方で）。
"""


def manual_page() -> str:
    """Return `docs/manual/model_case.md`."""
    parts = [_part(number, chapter) for number, chapter in enumerate(CHAPTERS, start=1)]
    return "\n".join([_HEAD, *parts])


def _part(number: int, chapter: Chapter) -> str:
    picture = f"![{chapter.title}](../screens/{chapter.picture}.png)"
    return f"## {number}. {chapter.title}\n\n{chapter.text}\n\n{picture}\n"
