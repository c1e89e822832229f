"""What the web itself refuses, before any rule of the domain is asked."""

from __future__ import annotations


class Refusal(Exception):
    """A request that is not carried out.

    Parameters
    ----------
    code
        Key of the Japanese message in `api.messages`.
    """

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(code, params)


class NotSignedIn(Refusal):
    """The page is for people who have signed in."""


class ProofNeeded(Refusal):
    """Who is signed in must show again who they are, at `address`."""


class FormRefused(Refusal):
    """The form did not come from a page of ours that is still valid."""


class TooLarge(Refusal):
    """The request is larger than what is read."""


class Unreadable(Refusal):
    """The request is not written as our pages write it."""


class TooSlow(Refusal):
    """The request did not come to its end in time."""


class TooOften(Refusal):
    """Too many requests; `seconds` tells when one may ask again."""


class NotReady(Refusal):
    """The database has not been initialised."""


class CannotRecord(NotReady):
    """Who reads cannot be written down, so nothing is shown."""
