"""The model case of the city's plan, with forms alone: no script, no mouse, no picture."""

from __future__ import annotations

from pathlib import Path

from starlette.testclient import TestClient

from api.app import create_app
from tests.api.conftest import enter
from tests.office import Clock
from tests.sample_office import sample_office
from tests.spec.desks import FormDesk
from tests.spec.model_case import tell


def test_from_the_first_word_to_the_watch(tmp_path: Path) -> None:
    """Each chapter reads what it says on the page; whoever lost a step would be stuck here."""
    app = create_app(sample_office(tmp_path), Clock())
    with TestClient(app, follow_redirects=False) as client:
        tell(FormDesk(client, enter))
