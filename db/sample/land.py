"""The ground of the sample city: outline, river, railway, towns, districts, population.

Everything grows from one seed. Shapes are drawn in metres on the plane rectangular
zone of the city and only then turned into longitude and latitude.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import LineString, MultiPoint, Point, Polygon

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import Transformer

PEOPLE = 165_000
TOWNS = 80
CENTRE_LAT, CENTRE_LON = 36.02, 139.62
EPSG = 6677  # plane rectangular zone IX
RADIUS_M = 2_900.0

# Where the districts lie, east and north of the centre in units of the radius, and the
# names of their towns. A name is used for several 丁目.
DISTRICTS: dict[str, tuple[tuple[float, float], tuple[str, ...]]] = {
    "北部": ((-0.45, 0.52), ("つばめ町", "霧野", "小鳥坂")),
    "川岸": ((0.28, 0.66), ("川岸", "舟つき", "葦原町")),
    "中央": ((0.0, 0.08), ("つなぎ本町", "駅前通", "花時計町")),
    "西原": ((-0.62, -0.22), ("西原", "けやき台", "風見")),
    "東部": ((0.68, 0.08), ("朝日向", "麦の里", "東若草")),
    "南台": ((0.12, -0.62), ("南台", "ひだまり台", "丘の手", "星見")),
}
# How the names are read; forms find a town by its reading too.
READINGS = {
    "つばめ町": "つばめちょう", "霧野": "きりの", "小鳥坂": "ことりざか",
    "川岸": "かわぎし", "舟つき": "ふなつき", "葦原町": "あしはらちょう",
    "つなぎ本町": "つなぎほんちょう", "駅前通": "えきまえどおり", "花時計町": "はなどけいちょう",
    "西原": "にしはら", "けやき台": "けやきだい", "風見": "かざみ",
    "朝日向": "あさひな", "麦の里": "むぎのさと", "東若草": "ひがしわかくさ",
    "南台": "みなみだい", "ひだまり台": "ひだまりだい", "丘の手": "おかのて", "星見": "ほしみ",
}  # fmt: skip
CHOME = ("いっ", "に", "さん", "よん", "ご", "ろく", "なな", "はっ", "きゅう")
# Age bands of the statistics (lowest age of each, the last one open) and the share of the
# people in each, of a suburb grown up in the 1970s; own round figures.
AGE_BANDS = tuple(range(0, 90, 5))
AGE_SHARES = (
    0.036, 0.040, 0.043, 0.045, 0.050, 0.055, 0.056, 0.058, 0.064, 0.073,
    0.080, 0.070, 0.060, 0.056, 0.064, 0.060, 0.048, 0.042,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SampleTown:
    """A 丁目 of the sample city; `men` and `women` hold people by age band."""

    name: str
    district: str
    lat: float
    lon: float
    wkb: bytes
    men: tuple[int, ...]
    women: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Land:
    """The ground: all geometry as WKB in longitude and latitude (EPSG:6668)."""

    outline: bytes
    river: bytes
    railway: bytes
    stations: tuple[tuple[str, float, float], ...]
    towns: tuple[SampleTown, ...]


def make_land(seed: int) -> Land:
    """Draw the city of this seed."""
    rng = np.random.default_rng(seed)
    outline = draw_outline(rng)
    river = draw_line(rng, outline, (-1.2, 0.05), (1.2, 0.75), bend=0.16)
    railway = draw_line(rng, outline, (-1.2, -0.62), (1.2, 0.22), bend=0.10)
    stations = stations_on(railway, outline)
    cells = draw_towns(rng, outline)
    named = name_towns(cells)
    people = share_people(cells, stations)
    return Land(
        outline=to_lonlat(shapely.union_all(cells)),
        river=to_lonlat(river),
        railway=to_lonlat(railway),
        stations=tuple(
            (name, *lat_lon(point))
            for name, point in zip(("西つなぎ", "つなぎ"), stations, strict=True)
        ),
        towns=tuple(
            SampleTown(name, district, *lat_lon(cell.centroid), to_lonlat(cell), men, women)
            for (name, district), cell, (men, women) in zip(named, cells, people, strict=True)
        ),
    )


def reading_of(name: str) -> str:
    """Return how the name of a town is read: つばめちょういっちょうめ."""
    base, number = name[:-3], name[-3]
    return f"{READINGS[base]}{CHOME['一二三四五六七八九'.index(number)]}ちょうめ"


def draw_outline(rng: np.random.Generator) -> Polygon:
    """Return a smooth, uneven closed curve of about the radius."""
    angle = np.linspace(0, 2 * math.pi, 240, endpoint=False)
    radius = np.ones_like(angle)
    for wave in range(2, 9):
        radius += rng.normal(0, 0.11 / wave) * np.cos(wave * angle + rng.uniform(0, 2 * math.pi))
    shape = Polygon(np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]))
    return affinity.scale(shape, RADIUS_M * 1.08, RADIUS_M * 0.86, origin=(0, 0))


def draw_line(
    rng: np.random.Generator,
    outline: Polygon,
    start: tuple[float, float],
    end: tuple[float, float],
    bend: float,
) -> LineString:
    """Return a bending line through the city, cut a little outside its outline."""
    along = np.linspace(0, 1, 90)
    points = np.outer(1 - along, start) + np.outer(along, end)
    for wave in (1, 2, 3):
        shift = rng.normal(0, bend / wave) * np.sin(wave * math.pi * along)
        points[:, 1] += shift
    line = LineString(points * RADIUS_M)
    return longest(line.intersection(outline.buffer(450)))


def longest(shape: shapely.Geometry) -> LineString:
    """Return the longest line of a shape."""
    parts = [part for part in shapely.get_parts(shape) if isinstance(part, LineString)]
    return max(parts, key=lambda part: part.length)


def stations_on(railway: LineString, outline: Polygon) -> list[Point]:
    """Return two stations on the railway inside the city."""
    line = longest(railway.intersection(outline))
    return [line.interpolate(share, normalized=True) for share in (0.22, 0.58)]


def draw_towns(rng: np.random.Generator, outline: Polygon) -> list[Polygon]:
    """Return the town cells: a Voronoi division of relaxed random points."""
    minx, miny, maxx, maxy = outline.bounds
    points: list[Point] = []
    while len(points) < TOWNS:
        point = Point(rng.uniform(minx, maxx), rng.uniform(miny, maxy))
        if outline.contains(point):
            points.append(point)
    for _ in range(12):
        points = [cell.centroid for cell in cells_of(points, outline)]
    return cells_of(points, outline)


def cells_of(points: list[Point], outline: Polygon) -> list[Polygon]:
    """Return the Voronoi cell of each point, cut to the outline, in the order of the points."""
    division = shapely.voronoi_polygons(
        MultiPoint(points), extend_to=outline.envelope, ordered=True
    )
    return [biggest(cell.intersection(outline)) for cell in division.geoms]


def biggest(shape: shapely.Geometry) -> Polygon:
    """Return the largest polygon of a shape."""
    parts = [p for p in shapely.get_parts(shape) if isinstance(p, Polygon)]
    return max(parts, key=lambda part: part.area)


def name_towns(cells: list[Polygon]) -> list[tuple[str, str]]:
    """Give each cell a name with 丁目 and its district, nearest seed first."""
    centres = np.array([[c.centroid.x, c.centroid.y] for c in cells])
    seeds = np.array([place for place, _ in DISTRICTS.values()]) * [
        RADIUS_M * 1.08,
        RADIUS_M * 0.86,
    ]
    nearest = np.linalg.norm(centres[:, None] - seeds[None], axis=2).argmin(axis=1)
    named: list[tuple[str, str]] = [("", "")] * len(cells)
    for number, (district, (_, names)) in enumerate(DISTRICTS.items()):
        members = np.flatnonzero(nearest == number)
        # West to east in as many strips as there are names; 丁目 counted from the north.
        for name, strip in zip(
            names, np.array_split(members[np.argsort(centres[members, 0])], len(names)), strict=True
        ):
            for chome, cell in enumerate(strip[np.argsort(-centres[strip, 1])], start=1):
                named[cell] = (f"{name}{'一二三四五六七八九'[chome - 1]}丁目", district)
    return named


def share_people(
    cells: list[Polygon], stations: list[Point]
) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Share the people out: more per km² near a station, older further away."""
    near = np.array([min(c.centroid.distance(s) for s in stations) for c in cells])
    closeness = np.exp(-near / 1_500)
    people = whole(np.array([c.area for c in cells]) * (0.35 + closeness), PEOPLE)
    shares = []
    for total, close in zip(people, closeness, strict=True):
        age = np.array(AGE_SHARES) * np.exp(
            np.linspace(0.35, -0.35, len(AGE_SHARES)) * (close - 0.4)
        )
        women = np.clip(
            0.485 + 0.004 * np.maximum(np.arange(len(AGE_SHARES)) - 9, 0) ** 1.4, 0, 0.66
        )
        both = whole(np.concatenate([age * (1 - women), age * women]), int(total))
        shares.append((tuple(both[: len(age)].tolist()), tuple(both[len(age) :].tolist())))
    return shares


def whole(weights: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Share a whole number out by weights, by largest remainders."""
    exact = weights / weights.sum() * total
    floor: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    rest = total - int(floor.sum())
    floor[np.argsort(floor - exact, kind="stable")[:rest]] += 1
    return floor


def lat_lon(point: Point) -> tuple[float, float]:
    """Return latitude and longitude, six decimals, of a point in metres."""
    ((lon, lat),) = shapely.get_coordinates(shapely.from_wkb(to_lonlat(point)))
    return round(float(lat), 6), round(float(lon), 6)


def to_lonlat(shape: shapely.Geometry) -> bytes:
    """Return a shape, given in metres from the city's centre, as WKB in EPSG:6668."""
    to_angle, east, north = projection()

    def turn(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        lon, lat = to_angle.transform(xy[:, 0] + east, xy[:, 1] + north)
        return np.column_stack([np.round(lon, 7), np.round(lat, 7)])

    return shapely.to_wkb(shapely.transform(shape, turn))


@functools.cache
def projection() -> tuple[Transformer, float, float]:
    """Return the way from the plane to longitude and latitude, and the city's centre on it."""
    from pyproj import Transformer

    to_plane = Transformer.from_crs(6668, EPSG, always_xy=True)
    east, north = to_plane.transform(CENTRE_LON, CENTRE_LAT)
    return Transformer.from_crs(EPSG, 6668, always_xy=True), east, north
