"""What the database can refuse, as codes; the Japanese words stand in ``db/messages.py``."""

from __future__ import annotations


class DatabaseError(Exception):
    """Something asked of the database cannot be done.

    Parameters
    ----------
    code
        Key of the Japanese message.
    **params
        Values of the message.
    """

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        super().__init__(code, params)

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{self.code}({told})"
