"""Every file that the documents name is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = (
    "README.md",
    "README.ja.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/architecture.md",
    "docs/dependencies.md",
    "docs/security.md",
)
PATH = re.compile(r"`((?:api|exchange|db|cases|catalog|matcher|geo|docs|benchmarks)/[\w./*-]+)`")
LINK = re.compile(r"\]\((?!https?:)([\w./-]+)\)")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_files_that_a_document_names_are_there(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    named = {*PATH.findall(text), *LINK.findall(text)}
    missing = [name for name in sorted(named) if not any(ROOT.glob(name.rstrip("/")))]
    assert not missing
