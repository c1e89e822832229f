"""Why a sign-in over the provider came to nothing; nobody but the record is told."""

from __future__ import annotations


class ProviderRefused(Exception):
    """Something about the provider, its answer or the way back is not as it must be.

    Parameters
    ----------
    code
        What it is, in a word that holds no value of the answer.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)
