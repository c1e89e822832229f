"""What can go wrong with people, needs, consent and proposals; `code` is the key of the message."""

from __future__ import annotations


class CaseError(Exception):
    """A rule of the cases package was broken.

    Parameters
    ----------
    code : str
        Key of the Japanese message in `cases.messages`.
    **params : object
        Values of the message; never a name, an address or a note.
    """

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        said = ", ".join(f"{name}={value!r}" for name, value in params.items())
        super().__init__(f"{code}({said})")


class ConsentMissing(CaseError):
    """The person may not be matched, because no written consent is in force."""


class NotPermitted(CaseError):
    """The role of the actor does not allow the action here."""


class TransitionNotAllowed(CaseError):
    """The state of the thing does not allow the step."""


class UnknownName(CaseError):
    """Something is called by a name that the city does not have."""


class TakenReception(CaseError):
    """The first word was about somebody else."""


class NotFound(CaseError):
    """What was asked for does not exist, or the actor may not know that it does."""
