"""A policy in words: what each of its numbers is called, and how a change of it reads."""

from __future__ import annotations

from cases.words.wording import own_wording, part_name
from matcher.policy_text import Changed, Value, written_value


def value_name(key: str) -> str:
    """Return what people call a number of the policy: やりたいことの大きさ."""
    section, _, name = key.partition(".")
    if section == "weights":
        return own_wording().say("policy_value", "weight", part=part_name(name))
    return own_wording().say("policy_value", key)


def section_name(section: str) -> str:
    """Return what people call a table of the policy: 何を大切にするか."""
    return own_wording().say("policy_section", section)


def value_words(value: Value) -> str:
    """Return a number as people read it: 30, 0.5; several as 6・15・40."""
    if isinstance(value, tuple):
        return "・".join(value_words(each) for each in value)
    return written_value(value)


def change_of_value_words(changed: Changed) -> str:
    """Return a changed number: やりたいことの大きさ 30 → 50."""
    before, after = value_words(changed.before), value_words(changed.after)
    return own_wording().say(
        "policy_preview", "value", name=value_name(changed.key), before=before, after=after
    )
