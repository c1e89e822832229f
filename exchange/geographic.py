"""Geographic files: GeoJSON, zipped shapefiles and GeoPackage to features with their properties.

Geometry stays as read until a reader asks for it, so that one broken shape is one rejected row.
"""

from __future__ import annotations

import glob
import io
import json
import re
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from exchange.cells import Cell
from exchange.columns import ColumnMap, assign
from exchange.errors import ExchangeError
from exchange.tabular import MOST_UNPACKED_BYTES, ZIP_START, Record, Table, decode, read_bytes
from geo.errors import GeoError

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

MOST_FEATURES: Final = 100_000
SHIFT_JIS_PAGE: Final = 0x13
SHAPEFILE_START: Final = b"\x00\x00\x27\x0a"
GEOPACKAGE_START: Final = b"SQLite format 3"
WHOLE_EARTH: Final = frozenset({"EPSG:4326", "EPSG:6668", "EPSG:4612", "OGC:CRS84"})
GEOJSON_TYPES: Final = frozenset(
    {"FeatureCollection", "Feature", "GeometryCollection", "Point", "MultiPoint", "LineString",
     "MultiLineString", "Polygon", "MultiPolygon"}
)  # fmt: skip
LAT, LON = "緯度", "経度"


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature: its number (index + 1), its properties, its geometry as read."""

    row: int
    properties: Mapping[str, Cell]
    geometry: object
    """GeoJSON geometry as parsed, WKB bytes, or None."""


@dataclass(frozen=True, slots=True)
class Layer:
    """All features of one file in one coordinate system (None where the file names none)."""

    file: str
    name: str
    encoding: str
    crs: str | None
    features: tuple[Feature, ...]


def is_geographic(path: Path) -> bool:
    """Say whether a file is read here: GeoJSON, GeoPackage, shapefile, archive of one."""
    with path.open("rb") as stream:
        start = stream.read(64)
    if start.startswith(GEOPACKAGE_START) or path.suffix.lower() == ".shp":
        return True
    if start.startswith(ZIP_START):
        return any(name.lower().endswith(".shp") for name in _names(path))
    return start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")


def _names(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except zipfile.BadZipFile:
        return []


def read_layer(path: Path) -> Layer:
    """Read the features of a file.

    Raises
    ------
    ExchangeError
        `file_broken`, `geojson_wrong`, and those of `exchange.tabular.read_bytes`.
    """
    content = read_bytes(path)
    if content.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return _geojson(content, path.name)
    return _through_gdal(path, content)


# ------------------------------------------------------------------ GeoJSON
def _geojson(content: bytes, file: str) -> Layer:
    """Read RFC 7946, and the bare geometries and `crs` members that are seen beside it."""
    decoded, encoding = decode(content, file)
    try:
        data = json.loads(decoded, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ExchangeError("file_broken", file=file) from error
    kind = data.get("type")
    if kind not in GEOJSON_TYPES:
        raise ExchangeError("geojson_wrong", file=file)
    found = data.get("features") if kind == "FeatureCollection" else [data]
    if not isinstance(found, list) or len(found) > MOST_FEATURES:
        raise ExchangeError("geojson_wrong", file=file)
    features = tuple(_feature(number, each, file) for number, each in enumerate(found, start=1))
    return Layer(file, str(data.get("name") or ""), encoding, _crs_name(data), features)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are no JSON


def _feature(number: int, each: object, file: str) -> Feature:
    if not isinstance(each, dict):
        raise ExchangeError("geojson_wrong", file=file)
    if each.get("type") != "Feature":
        return Feature(number, {}, each)
    properties = each.get("properties") or {}
    if not isinstance(properties, dict):
        raise ExchangeError("geojson_wrong", file=file)
    told = {str(name): _cell(value) for name, value in properties.items()}
    return Feature(number, told, each.get("geometry"))


def _cell(value: object) -> Cell:
    if value is None or isinstance(value, str | int | float):
        return value
    return json.dumps(value, ensure_ascii=False)


def _crs_name(data: Mapping[str, Any]) -> str | None:
    """Read the `crs` member of the older GeoJSON; without one it is WGS84 (RFC 7946)."""
    crs = data.get("crs")
    if not isinstance(crs, dict):
        return "OGC:CRS84"
    name = str((crs.get("properties") or {}).get("name", ""))
    *_, authority, _, code = ["", "", "", *name.replace("::", ":0:").split(":")]
    return f"{authority}:{code}".upper()


# ------------------------------------------------------------------ through GDAL
def _through_gdal(path: Path, content: bytes) -> Layer:
    """Read a shapefile (zipped or not) or a GeoPackage.

    GDAL tells formats by their content and some of them name other files to read, so that what
    begins like anything else never reaches it. It is given copies: a missing index is written
    beside a shapefile, and nothing in a name can be taken for an address.
    """
    with tempfile.TemporaryDirectory() as folder:
        if content.startswith(GEOPACKAGE_START):
            copy = Path(folder, "layer.gpkg")
            copy.write_bytes(content)
            return _read_source(copy, path.name, None)
        parts = _shapefile_parts(path, content)
        for ending, part in parts.items():
            Path(folder, f"layer{ending}").write_bytes(part)
        if ".shp" not in parts:
            raise ExchangeError("geometry_missing")
        if not parts[".shp"].startswith(SHAPEFILE_START):
            raise ExchangeError("file_broken", file=path.name)
        table = parts.get(".dbf", b"")
        code_page = table[29] if len(table) > 29 else 0
        unsaid = ".cpg" not in parts and code_page in (0, SHIFT_JIS_PAGE)
        return _read_source(Path(folder, "layer.shp"), path.name, "cp932" if unsaid else None)


def _shapefile_parts(path: Path, content: bytes) -> dict[str, bytes]:
    """Give the parts of the first shapefile in an archive, or of the one in a folder."""
    if not content.startswith(ZIP_START):
        beside = sorted(path.parent.glob(f"{glob.escape(path.stem)}.*"))
        return {part.suffix.lower(): part.read_bytes() for part in beside if part.is_file()}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED_BYTES:
                most_mb = MOST_UNPACKED_BYTES // 2**20
                raise ExchangeError("file_too_large", file=path.name, most_mb=most_mb)
            names = archive.namelist()
            stem = next((name[:-4] for name in names if name.lower().endswith(".shp")), None)
            return {
                name[len(stem) :].lower(): archive.read(name)
                for name in names
                if stem is not None
                and re.fullmatch(r"\.\w{3}", name[len(stem) :])
                and name.startswith(stem)
            }
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise ExchangeError("file_broken", file=path.name) from error


def _read_source(source: Path, file: str, encoding: str | None) -> Layer:
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": "YES"})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # GDAL's own remarks, in English
            meta, _, shapes, columns = pyogrio.raw.read(str(source), encoding=encoding)
    except (DataSourceError, DataLayerError, ValueError, RuntimeError) as error:
        raise ExchangeError("file_broken", file=file) from error
    if shapes is None or len(shapes) > MOST_FEATURES:
        raise ExchangeError("file_too_many_rows", file=file, most=MOST_FEATURES)
    names = [str(name) for name in meta["fields"]]
    told = [
        {name: _of_array(value) for name, value in zip(names, values, strict=True)}
        for values in zip(*columns, strict=True)
    ] or [{} for _ in shapes]
    features = tuple(
        Feature(number, properties, shape)
        for number, (properties, shape) in enumerate(zip(told, shapes, strict=True), start=1)
    )
    said = encoding or str(meta["encoding"] or "utf-8").lower()
    return Layer(file, "", said, meta["crs"], features)


def _of_array(value: Any) -> Cell:
    """Give a value of GDAL's arrays as a cell; NaN is blank."""
    plain = value.item() if hasattr(value, "item") else value
    if plain is None or (isinstance(plain, float) and plain != plain):
        return None
    return plain if isinstance(plain, str | int | float) else str(plain)


# ------------------------------------------------------------------ shapes
def shape_of(feature: Feature, crs: str | None) -> BaseGeometry:
    """Give the geometry of a feature in JGD2011 degrees.

    Raises
    ------
    ExchangeError
        `geometry_missing`, `geometry_wrong`.
    GeoError
        The coordinates are of a system that nobody knows, or that is no good for storing.
    """
    import shapely

    from geo.crs import to_storage

    if not feature.geometry:
        raise ExchangeError("geometry_missing")
    try:
        if isinstance(feature.geometry, bytes | bytearray):
            shape = shapely.from_wkb(bytes(feature.geometry))
        else:
            shape = shapely.from_geojson(json.dumps(feature.geometry))
    except (shapely.GEOSException, ValueError, RecursionError) as error:
        raise ExchangeError("geometry_wrong") from error
    if shape is None:
        raise ExchangeError("geometry_missing")
    return shape if crs is None or crs.upper() in WHOLE_EARTH else to_storage(shape, crs)


def table_of(layer: Layer, columns: ColumnMap) -> Table:
    """Give the features as a table: properties as columns, the point as 緯度 and 経度.

    A shape that is no point gives a point on it. Rows are numbered as features.
    """
    names = list(dict.fromkeys(name for each in layer.features for name in each.properties))
    found = assign([*names, LAT, LON], columns)
    if not found.fits(columns):
        missing = "、".join("か".join(columns.label(f) for f in g) for g in columns.required)
        raise ExchangeError("header_not_found", file=layer.file, columns=missing)
    records = []
    for feature in layer.features:
        lat, lon = _point(feature, layer.crs)
        told = [*(feature.properties.get(name) for name in names), lat, lon]
        families = {
            name: {groups: told[at] for groups, at in family.items()}
            for name, family in found.families.items()
        }
        records.append(
            Record(feature.row, {each: told[at] for each, at in found.at.items()}, families)
        )
    return Table(
        file=layer.file,
        sheet=layer.name,
        encoding=layer.encoding,
        headers={each: found.headers[at] for each, at in found.at.items()},
        records=tuple(records),
        skipped=(),
        unknown_columns=tuple(name for name in found.unknown if name not in (LAT, LON)),
        families=found.present_families,
    )


def _point(feature: Feature, crs: str | None) -> tuple[Cell, Cell]:
    import shapely

    try:
        shape = shape_of(feature, crs)
    except (ExchangeError, GeoError):
        return None, None
    if shape.is_empty:
        return None, None
    ((lon, lat),) = shapely.get_coordinates(shape.representative_point())
    return float(lat), float(lon)
