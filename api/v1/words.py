"""How the interface names what is neither a code nor a number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from api.v1.schemas import BandName
from catalog.schedule import Band

BANDS: Final[Mapping[BandName, Band]] = {
    "morning": Band.MORNING,
    "afternoon": Band.AFTERNOON,
    "evening": Band.EVENING,
}
BAND_NAMES: Final[Mapping[Band, BandName]] = {band: name for name, band in BANDS.items()}


def district_value(layer: str, name: str) -> str:
    """Return a 圏域 as `layer/name`."""
    return f"{layer}/{name}"


def district_of(value: str) -> tuple[str, str]:
    """Return the layer and the name of a 圏域."""
    layer, _, name = value.partition("/")
    return layer, name
