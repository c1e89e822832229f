"""Distance along the ground: ours against the geodesic of PROJ, on the same pairs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from geo.travel import distance_m, distances_m

PAIRS = 1_000_000
TABLE = 1000
SEED = 20260401
FARTHEST_M = 50_000.0


def run(pairs: int = PAIRS, table: int = TABLE, repeats: int = 5) -> dict[str, Any]:
    """Measure pairs all over Japan up to 50 km apart, and a table in one city.

    Returns
    -------
    dict
        Median seconds of each way, ratios to ours, and the greatest relative difference.
    """
    random = np.random.default_rng(SEED)
    geod = Geod(ellps="GRS80")
    lat, lon = random.uniform(24.0, 45.5, pairs), random.uniform(123.0, 146.0, pairs)
    end_lon, end_lat, _ = geod.fwd(
        lon, lat, random.uniform(0, 360, pairs), random.uniform(1.0, FARTHEST_M, pairs)
    )
    ours_s, ours = _median_s(lambda: distance_m(lat, lon, end_lat, end_lon), repeats)
    geod_s, exact = _median_s(lambda: geod.inv(lon, lat, end_lon, end_lat)[2], repeats)

    here = random.uniform((35.75, 139.52), (35.85, 139.60), (table, 2))
    there = random.uniform((35.75, 139.52), (35.85, 139.60), (table, 2))
    table_s, _ = _median_s(lambda: distances_m(here, there), repeats)
    from_, to = np.repeat(here, table, axis=0), np.tile(there, (table, 1))
    table_geod_s, _ = _median_s(
        lambda: geod.inv(from_[:, 1], from_[:, 0], to[:, 1], to[:, 0])[2], repeats
    )
    return {
        "name": "distance",
        "question": f"{pairs:,} distances up to {FARTHEST_M / 1000:.0f} km",
        "pairs": pairs,
        "table": [table, table],
        "seconds": {"geo": ours_s, "pyproj.Geod": geod_s},
        "ratio": {"pyproj.Geod": geod_s / ours_s},
        "table_seconds": {"geo": table_s, "pyproj.Geod": table_geod_s},
        "table_ratio": {"pyproj.Geod": table_geod_s / table_s},
        "max_relative_difference": float(np.max(np.abs(ours / exact - 1))),
        "target_relative_difference": 1e-6,
    }


def _median_s(
    measure: Callable[[], NDArray[np.float64]], repeats: int
) -> tuple[float, NDArray[np.float64]]:
    took, result = [], measure()
    for _ in range(repeats):
        start = time.perf_counter()
        result = measure()
        took.append(time.perf_counter() - start)
    return statistics.median(took), result


if __name__ == "__main__":
    print(run())
