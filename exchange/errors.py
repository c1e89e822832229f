"""What can be wrong with a file that comes in or goes out, by code."""

from __future__ import annotations


class ExchangeError(Exception):
    """A file, a row or a cell cannot be used as it is.

    Parameters
    ----------
    code
        Key of the Japanese message in `exchange/messages.py`.
    **params
        Values that the message names.
    """

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(code, params)

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code}({told})"


class ResultMismatch(ExchangeError):
    """A well-formed result that cannot belong to the problem."""
