"""Whether the files of a full-text index are as tantivy wrote them."""

from __future__ import annotations

import json
import os
import struct
import zlib
from pathlib import Path

_MAGIC = 1337  # ends every file of a segment, after the length of a footer that has the file's checksum
_PIECE = 1 << 20
_END = struct.Struct("<II")


def changed_files(folder: Path) -> list[str]:
    """The files of the segments in use that are missing or have changed since they were written.

    Args:
        folder: the index's; it has a `meta.json`.
    """
    try:
        stated = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        segments = [segment["segment_id"].replace("-", "") for segment in stated["segments"]]
    except (OSError, ValueError, KeyError, TypeError):
        return ["meta.json"]
    changed = []
    for segment in segments:
        files = sorted(folder.glob(f"{segment}.*"))
        changed += [file.name for file in files if not _is_whole(file)]
        if not files:
            changed.append(segment)
    return changed


def _is_whole(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            opened.seek(-_END.size, os.SEEK_END)
            length, magic = _END.unpack(opened.read())
            body = opened.seek(-_END.size - length, os.SEEK_END)
            stated = json.loads(opened.read(length))["crc"]
            opened.seek(0)
            found = 0
            while body > 0 and (piece := opened.read(min(body, _PIECE))):
                found = zlib.crc32(piece, found)
                body -= len(piece)
        return bool(magic == _MAGIC and stated == found)
    except (OSError, struct.error, ValueError, KeyError, TypeError):
        return False
