"""The frame: each role is shown the pages that it may open, and no others."""

from __future__ import annotations

import pytest

from api.pages.surroundings import navigation
from catalog.actor import Actor, Role


@pytest.mark.parametrize("role", list(Role))
def test_people_are_in_the_top_bar_of_those_who_may_see_any(role: Role) -> None:
    """Planners, auditors, administrators and hosts never meet people."""
    words = [item.words for item in navigation(Actor("u", "水野", role, "999997"))]
    sees = role in {Role.COORDINATOR, Role.LEAD_AGENCY, Role.MEMBER_AGENCY, Role.SYSTEM}
    assert ("本人・世帯" in words) is sees
    assert words[0] == "今日の仕事"
