"""The lines of a file, one at a time, with what is wrong with each; nothing in a file can make this raise or swell."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

MAX_LINE = 1 << 20
"""Characters; the longest line in 192,108 real records has 14,041."""

HEAD = 1 << 16
"""Bytes looked at to tell what kind of file it is."""

_UNDECODABLE = re.compile("[\udc80-\udcff]")


class Line(NamedTuple):
    """One line without its end.

    Attributes:
        number: from 1.
        text: bytes that are not UTF-8 stand as lone surrogates; cut at MAX_LINE.
        problem: why the text cannot be used, or None.
        ended: False for a last line without a line end.
    """

    number: int
    text: str
    problem: str | None
    ended: bool


def open_listing(path: Path) -> io.BufferedReader:
    """A file as `lines` and `head_of` need it.

    Raises:
        OSError: when it cannot be opened.
    """
    return io.BufferedReader(io.FileIO(path), HEAD)


def lines(file: io.BufferedReader) -> Iterator[Line]:
    """The lines of a file in UTF-8, with or without a byte order mark, with any of the three kinds of line end.

    Args:
        file: at its start, with a buffer of `HEAD` bytes (`opened` makes one); it is read once, from beginning to end.

    Raises:
        OSError: when the file cannot be read.
    """
    head = head_of(file)
    end = "\r" if b"\r" in head and b"\n" not in head else "\n"
    number = 0
    text_file = io.TextIOWrapper(file, encoding="utf-8", errors="surrogateescape", newline=end)
    try:
        readline = text_file.readline
        while text := readline(MAX_LINE):
            number += 1
            problem = None
            ended = text[-1] == end
            if ended:
                text = text[:-2] if text[-2:] == "\r\n" else text[:-1]
            elif len(text) == MAX_LINE:
                rest = text
                while rest and not (ended := rest[-1] == end):
                    rest = readline(MAX_LINE)
                problem = f"line {number} is longer than {MAX_LINE:,} characters"
            if not text.isascii():
                if text[0] == "\ufeff":
                    text = text[1:]
                if bad := _UNDECODABLE.search(text):
                    problem = problem or (
                        f"line {number} is not UTF-8 text (byte 0x{ord(bad[0]) & 0xFF:02x} at character"
                        f" {bad.start() + 1}); if the whole file is in another encoding, save it as UTF-8"
                    )
            if "\0" in text:
                problem = problem or f"line {number} holds binary data (NUL bytes)"
            yield Line(number, text, problem, ended)
    finally:
        text_file.detach()  # else it would close the file, which belongs to the caller


def head_of(file: io.BufferedReader) -> bytes:
    """The first bytes of a file that is at its start, HEAD at most; it stays there."""
    return file.peek(HEAD)[:HEAD]
