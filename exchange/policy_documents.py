"""Policies as files, and what a change of policy would do as JSON: `tsunagite.policy_preview/1`."""

from __future__ import annotations

from collections.abc import Mapping

from cases.matching.policy_preview import Placing, PolicyPreview
from matcher.errors import InvalidPolicy
from matcher.policy import Policy

PREVIEW_FORMAT = "tsunagite.policy_preview/1"


def policy_text(name: str, content: bytes) -> str:
    """Return the text of a policy file.

    Raises
    ------
    InvalidPolicy
        `policy_not_utf8` with the name of the file.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidPolicy("policy_not_utf8", path=name) from error


def preview_document(found: PolicyPreview, case_nos: Mapping[str, str]) -> dict[str, object]:
    """Return a preview; `people` are those whom the reader may open, none for who sees counts.

    Parameters
    ----------
    case_nos
        Case number by participant id.
    """
    return {
        "format": PREVIEW_FORMAT,
        "on": found.on.isoformat(),
        "present": _policy(found.present),
        "draft": _policy(found.draft),
        "changed": [
            {"key": each.key, "before": each.before, "after": each.after} for each in found.changed
        ],
        "counts": dict(found.counts),
        "groups": [
            {
                "by": each.by,
                "group": each.group,
                "words": each.words,
                "people": each.figures.people,
                "counts": dict(each.counts),
            }
            for each in found.groups
        ],
        "people": [
            {
                "case_no": case_nos[each.participant_id],
                "effect": each.effect,
                "before": _placing(each.before),
                "after": _placing(each.after),
            }
            for each in found.people
        ],
        "proven": found.proven,
    }


def _policy(policy: Policy) -> dict[str, str]:
    return {
        "version": policy.version,
        "from": policy.from_on.isoformat(),
        "source": policy.source,
    }


def _placing(placing: Placing | None) -> dict[str, str] | None:
    return None if placing is None else {"opening": placing.opening_id, "word": placing.word}
