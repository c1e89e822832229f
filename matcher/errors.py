"""What the matcher refuses, as a code and its values; the Japanese sentence is made elsewhere."""

from __future__ import annotations


class MatcherError(Exception):
    """Input the matcher cannot work with.

    Parameters
    ----------
    code
        Key of the message.
    params
        Values that the message names.
    """

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        said = ", ".join(f"{name}={value!r}" for name, value in params.items())
        super().__init__(f"{code}: {said}" if said else code)


class InvalidProblem(MatcherError):
    """The problem contradicts its own format; the error names the entry."""


class InvalidPolicy(MatcherError):
    """The text of a policy says something that no policy can; the error names the place."""


class NotSupported(MatcherError):
    """The problem is well formed, but this version cannot solve or check it."""


class OutOfTime(MatcherError):
    """The time was over before there was any answer."""


class ResultRefused(MatcherError):
    """A result is not what it claims to be."""
