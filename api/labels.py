"""Codes of the domain → the words that people read on pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from catalog.actor import Role

ROLES: Final[Mapping[Role, str]] = {
    Role.COORDINATOR: "コーディネーター",
    Role.LEAD_AGENCY: "主な支援機関",
    Role.MEMBER_AGENCY: "支援機関",
    Role.HOST: "受け入れ先",
    Role.PLANNER: "計画担当",
    Role.AUDITOR: "監査担当",
    Role.ADMINISTRATOR: "管理者",
    Role.SYSTEM: "自動の処理",
}
