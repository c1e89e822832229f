"""Whatever programs send to the interface: an answer that is documented, and never trouble."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from catalog.actor import Role
from tests.api.conftest import as_role
from tests.api.test_leaks import Office, office
from tests.figures import figure

__all__ = ["office"]  # the fixture: a city after two runs, with everything that an id can name

CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
BODIES: Final = ("json", "data", "files")
ROLES: Final = [role for role in Role if role is not Role.SYSTEM]
NOBODY: Final = "nobody"
EVERYBODY: Final = (*ROLES, NOBODY)
A_FEW: Final = 2
MANY: Final = 50
"""Cases of each operation, positive and negative ones, for each role and for nobody."""
ALL_TOGETHER: Final = 10_000


@pytest.fixture(scope="module")
def browser(office: Office) -> Iterator[TestClient]:
    """Return a client that hides no trouble."""
    with TestClient(office.app, follow_redirects=False, raise_server_exceptions=False) as opened:
        yield opened


def headers_of(office: Office, browser: TestClient, who: str) -> dict[str, str]:
    """Sign in as a role and return what a change has to carry."""
    browser.cookies.clear()
    if who == NOBODY:
        return {}
    as_role(office.app, browser, Role(who))
    return {"X-Form-Token": browser.get("/api/v1/session").json()["form_token"]}


def fuzz(office: Office, browser: TestClient, who: str, most: int) -> Counter[int]:
    """Send made-up requests to every operation; ids are those of real things half of the time.

    Returns how many were answered with each status.
    """
    tried: Counter[int] = Counter()
    headers = headers_of(office, browser, who)
    interface = schemathesis.openapi.from_dict(office.app.openapi())
    found: Any
    for found in interface.get_all_operations():
        operation = found.ok()
        requests = st.one_of([operation.as_strategy(mode) for mode in GenerationMode])

        @settings(
            max_examples=most, deadline=None, suppress_health_check=list(HealthCheck), database=None
        )
        @given(case=requests, data=st.data())
        def send(case: Any, data: st.DataObject) -> None:
            for name, made_up in (case.path_parameters or {}).items():
                ids = st.sampled_from([made_up, *office.known.get(name, ())])
                case.path_parameters[name] = data.draw(ids)
            sent = case.as_transport_kwargs(base_url="http://testserver")
            body = {"content" if name == "data" else name: sent.get(name) for name in BODIES}
            answer = browser.request(
                sent["method"],
                sent["url"],
                params=sent.get("params"),
                headers={**sent["headers"], **headers},
                **{name: value for name, value in body.items() if value is not None},
            )
            tried[answer.status_code] += 1
            case.validate_response(answer, checks=CHECKS)

        send()
    return tried


@pytest.mark.parametrize("who", [Role.COORDINATOR, NOBODY])
def test_a_few_requests_of_everything(office: Office, browser: TestClient, who: str) -> None:
    """The short form of the test below."""
    assert fuzz(office, browser, who, A_FEW).total() > len(CHECKS)


@pytest.mark.full
@pytest.mark.parametrize("who", EVERYBODY)
def test_no_request_breaks_the_interface(office: Office, browser: TestClient, who: str) -> None:
    """Ten thousand cases in all: no 5xx, no answer that the description does not know."""
    tried = fuzz(office, browser, who, MANY)
    figure(f"fuzz: {tried.total()} cases as {who}, by status {dict(sorted(tried.items()))}")
    assert tried.total() * len(EVERYBODY) >= ALL_TOGETHER
