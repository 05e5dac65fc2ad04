"""Whether the files of a full-text index are as tantivy wrote them."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

_MAGIC = 1337  # ends every file of a segment, after the length of a footer that has the file's checksum
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
    content = file.read_bytes()
    try:
        length, magic = _END.unpack(content[-_END.size :])
        body = content[: -_END.size - length]
        return bool(magic == _MAGIC and json.loads(content[len(body) : -_END.size])["crc"] == zlib.crc32(body))
    except (struct.error, ValueError, KeyError, TypeError):
        return False
