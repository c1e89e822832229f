"""Geographic files: GeoJSON, zipped shapefiles and GeoPackage to features with their properties.

Geometry stays as read until a reader asks for it, so that one broken shape is one rejected row.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from exchange.cells import Cell
from exchange.columns import ColumnMap, assign
from exchange.errors import ExchangeError
from exchange.tabular import MOST_UNPACKED_BYTES, ZIP_START, Record, Table, decode, read_bytes

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

MOST_FEATURES: Final = 100_000
GEOPACKAGE_START: Final = b"SQLite format 3"
WHOLE_EARTH: Final = frozenset({"EPSG:4326", "EPSG:6668", "EPSG:4612", "OGC:CRS84"})
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
        return any(name.lower().endswith((".shp", ".geojson", ".gpkg")) for name in _names(path))
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
        raise ExchangeError("file_broken", file=file, reason=str(error)[:80]) from error
    kind = data.get("type")
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
    """Read a shapefile (zipped or not) or a GeoPackage."""
    import pyogrio
    from pyogrio.errors import DataLayerError, DataSourceError

    pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": "YES"})
    source = str(path)
    encoding: str | None = None
    if content.startswith(ZIP_START):
        _check_unpacked(content, path.name)
        source = f"/vsizip/{path}"
    if not any(name.lower().endswith((".cpg", ".gpkg")) for name in [path.name, *_names(path)]):
        encoding = None if _names_its_encoding(path, content) else "CP932"
    try:
        meta, _, shapes, columns = pyogrio.raw.read(source, encoding=encoding)
    except (DataSourceError, DataLayerError, UnicodeDecodeError, RuntimeError) as error:
        raise ExchangeError("file_broken", file=path.name, reason=str(error)[:80]) from error
    if shapes is None or len(shapes) > MOST_FEATURES:
        raise ExchangeError("file_too_many_rows", file=path.name, most=MOST_FEATURES)
    names = [str(name) for name in meta["fields"]]
    features = tuple(
        Feature(
            number,
            {
                name: _of_array(column[number - 1])
                for name, column in zip(names, columns, strict=True)
            },
            shape,
        )
        for number, shape in enumerate(shapes, start=1)
    )
    said = str(meta["encoding"] or encoding or "")
    return Layer(path.name, "", said.lower().replace("-", ""), meta["crs"], features)


def _check_unpacked(content: bytes, file: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise ExchangeError("file_broken", file=file, reason=str(error)) from error
    if unpacked > MOST_UNPACKED_BYTES:
        raise ExchangeError("file_too_large", file=file, most_mb=MOST_UNPACKED_BYTES // 2**20)


def _names_its_encoding(path: Path, content: bytes) -> bool:
    """Say whether the table of a shapefile names its code page (byte 29 of the .dbf)."""
    head = b""
    if content.startswith(ZIP_START):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                if name.lower().endswith(".dbf"):
                    with archive.open(name) as stream:
                        head = stream.read(32)
    else:
        for table in path.parent.glob(f"{path.stem}.*"):
            if table.suffix.lower() == ".dbf":
                with table.open("rb") as stream:
                    head = stream.read(32)
    return len(head) == 32 and head[29] != 0


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
    )


def _point(feature: Feature, crs: str | None) -> tuple[Cell, Cell]:
    import shapely

    try:
        shape = shape_of(feature, crs)
    except ExchangeError:
        return None, None
    if shape.is_empty:
        return None, None
    ((lon, lat),) = shapely.get_coordinates(shape.representative_point())
    return float(lat), float(lon)
