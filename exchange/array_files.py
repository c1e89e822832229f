"""`.npz` files without pickle: named arrays, and JSON in the one called `rest`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError

import numpy as np
from numpy.lib.format import write_array
from numpy.typing import NDArray

from exchange.errors import ExchangeError
from exchange.files import read_bytes, write_bytes
from exchange.json_documents import check_keys, parse, write

# TypeError: a single array (.npy) under the name of an archive.
_BROKEN = (BadZipFile, ValueError, OSError, EOFError, AttributeError, TypeError, ZlibError)
Arrays = Mapping[str, NDArray[Any]]
REST = "rest"


def read_arrays(
    path: Path, required: Sequence[str], optional: Sequence[str] = (), *, exact: bool = False
) -> tuple[Arrays, dict[str, Any]]:
    """Read the arrays and the JSON object of a file.

    Parameters
    ----------
    required, optional
        Names of the arrays; any other is refused.
    exact
        As in `parse`.

    Raises
    ------
    ExchangeError
        When the file is not of that kind.
    """
    data = read_bytes(path)
    try:
        with np.load(BytesIO(data), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except _BROKEN as error:
        raise ExchangeError("npz_broken", file=path.name) from error
    check_keys("", arrays, [*required, REST], optional)
    return arrays, parse(_bytes(arrays[REST]), exact=exact)


def _bytes(rest: NDArray[Any]) -> bytes:
    """UTF-8 of the JSON, kept as bytes, as one byte string or as one text."""
    if rest.dtype.kind == "U" and rest.size == 1:
        return str(rest.item()).encode()
    if rest.dtype.kind in "Su":
        return rest.tobytes()
    raise ExchangeError("npz_not_json", name=REST)


def write_arrays(path: Path, arrays: Arrays, rest: Mapping[str, object]) -> None:
    """Write a file; the same content gives the same bytes."""
    data = BytesIO()
    with ZipFile(data, "w") as file:
        for name, array in {**arrays, REST: np.frombuffer(write(rest), np.uint8)}.items():
            with file.open(f"{name}.npy", "w", force_zip64=True) as part:
                write_array(part, array, allow_pickle=False)
    write_bytes(path, data.getvalue())


def wholes(arrays: Arrays, name: str) -> NDArray[Any]:
    """Return an array of whole numbers; one that is absent is empty."""
    found = arrays.get(name, np.empty(0, np.int32))
    if found.dtype.kind not in "iu" and found.size:
        raise ExchangeError("npz_not_whole", name=name)
    return found


def numbers(arrays: Arrays, name: str) -> NDArray[np.float64]:
    """Return an array of numbers."""
    found = arrays[name]
    if found.dtype.kind not in "iuf":
        raise ExchangeError("npz_not_number", name=name)
    return found.astype(np.float64)


def texts(arrays: Arrays, name: str) -> list[str]:
    """Return an array of texts as a list."""
    found = arrays[name]
    if found.dtype.kind != "U" and found.size:
        raise ExchangeError("npz_not_text", name=name)
    return [str(one) for one in found.ravel().tolist()]
