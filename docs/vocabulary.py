"""The page of code lists, from the product's own vocabulary."""

from __future__ import annotations

from collections.abc import Mapping

from catalog.vocabulary import Code, Origin, load_vocabulary

_HEAD = """# コード表（Code lists）

`catalog/data/vocabulary.toml` から `make docs` で作った一覧です。コード（英語）は記録に残り、
表示（日本語）は市の設定の `[codes]` で言いかえたり、足したりできます。
"""


def vocabulary_page() -> str:
    """Return `docs/vocabulary.md`."""
    vocabulary = load_vocabulary()
    sections = [
        _section(name, codes, vocabulary.origins[name]) for name, codes in vocabulary.lists.items()
    ]
    return "\n".join([_HEAD, f"版: {vocabulary.version}\n", *sections])


def _section(name: str, codes: Mapping[str, Code], origin: Origin) -> str:
    rows = [
        f"| `{entry.code}` | {entry.label} | {entry.group} | {entry.note} |"
        for entry in codes.values()
    ]
    return "\n".join(
        [
            f"## {name}",
            "",
            f"{origin.from_on.isoformat()} から。出典: {origin.source}",
            "",
            "| コード | 表示 | まとまり | 説明 |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )
