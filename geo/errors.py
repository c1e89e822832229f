"""What geo refuses, as a code and its values; the Japanese sentence is made elsewhere."""

from __future__ import annotations


class GeoError(Exception):
    """Something on the map cannot be as it was given.

    Parameters
    ----------
    code
        Key of the message.
    **params
        Values that the message names.
    """

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        said = ", ".join(f"{name}={value!r}" for name, value in params.items())
        super().__init__(f"{code}: {said}" if said else code)
