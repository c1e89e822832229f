"""Small pictures for the documentation: PNG with a palette of at most 256 colours."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import BrowserContext

MOST_COLOURS: Final = 256
SURFACES: Final = 64
WHITE: Final = 255
READ_PIXELS: Final = """async source => {
  const image = await createImageBitmap(await (await fetch(source)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const {data} = context.getImageData(0, 0, image.width, image.height);
  let text = "";
  for (let at = 0; at < data.length; at += 32768) {
    text += String.fromCharCode(...data.subarray(at, at + 32768));
  }
  return [image.height, image.width, btoa(text)];
}"""


def shrink(context: BrowserContext, png: bytes, margin: int = 0) -> bytes:
    """Return the same picture in fewer colours; text and surfaces do not need more.

    Parameters
    ----------
    context
        A browser profile, which decodes the picture.
    margin
        White pixels around it, as on paper.
    """
    page = context.new_page()
    source = "data:image/png;base64," + base64.b64encode(png).decode()
    height, width, text = page.evaluate(READ_PIXELS, source)
    page.close()
    pixels = np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, width, 4)[..., :3]
    edge = ((margin, margin), (margin, margin), (0, 0))
    colours, picture = with_palette(np.pad(pixels, edge, constant_values=WHITE))
    return indexed_png(colours, picture)


def with_palette(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return at most 256 colours, and for each pixel which of them stands for it.

    Surfaces, the most frequent colours, stay what they are. Of the others those that lie close
    to each other share the most frequent one: the many shades at the edges of letters become
    few, and a rare colour, as that of a red word, stays near to what it is.

    Parameters
    ----------
    pixels
        uint8[height, width, 3].
    """
    # One number for each colour: sorting rows of three would take ten times as long.
    packed = pixels.reshape(-1, 3) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    numbers, of_pixel, count = np.unique(packed, return_inverse=True, return_counts=True)
    found = np.stack([numbers >> 16, numbers >> 8 & 255, numbers & 255], axis=1).astype(np.uint8)
    by_count = np.argsort(-count, kind="stable")
    surfaces, shades = found[by_count[:SURFACES]], found[by_count[SURFACES:]]
    for width in range(1, MOST_COLOURS):
        cells = np.unique(shades // width, axis=0, return_index=True, return_inverse=True)
        if len(cells[0]) <= MOST_COLOURS - SURFACES:
            break
    of_found = np.empty(len(found), np.uint8)
    of_found[by_count[:SURFACES]] = np.arange(len(surfaces))
    of_found[by_count[SURFACES:]] = len(surfaces) + cells[2].reshape(-1)
    kept = np.concatenate([surfaces, shades[cells[1]]])
    return kept, of_found[of_pixel].reshape(pixels.shape[:2])


def indexed_png(colours: NDArray[np.uint8], picture: NDArray[Any]) -> bytes:
    """Write a PNG with a palette (ISO/IEC 15948)."""
    height, width = picture.shape
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    lines = np.zeros((height, width + 1), np.uint8)  # each begins with its filter: none
    lines[:, 1:] = picture
    parts = (
        (b"IHDR", header),
        (b"PLTE", colours.tobytes()),
        (b"IDAT", zlib.compress(lines.tobytes(), 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)
