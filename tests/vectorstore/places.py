"""Folders that cannot be written: file systems of their own where mounting is allowed, else permissions and limits."""

from __future__ import annotations

import ctypes
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("arxivqa")
_PR_CAPBSET_DROP, _CAP_DAC_OVERRIDE = 24, 1  # Linux's numbers: that permissions do not stop root is taken from it
_SIZE = "64m"


@dataclass(frozen=True)
class Unwritable:
    """A library that cannot be written, and how programs are started over it.

    Attributes:
        library: its folder.
        temporary: the folder for temporary files of these programs.
        mend: makes the folder one that can be written.
        spoil: makes it one that cannot, again.
        limit: how large files may become for them; None for any size.
    """

    library: Path
    temporary: Path
    mend: Callable[[], object]
    spoil: Callable[[], object]
    limit: int | None = None

    def arxivqa(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run `arxivqa ARGUMENTS` in a process of its own."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ARXIVQA_")}
        environment |= {"ARXIVQA_LIBRARY": str(self.library), "TMPDIR": str(self.temporary), "OMP_NUM_THREADS": "1"}
        return subprocess.run(
            [PROGRAM, *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            env=environment,
            preexec_fn=partial(_held_back, self.limit),
        )


def _held_back(limit: int | None) -> None:
    """Let permissions and a limit on files stop this process and what it becomes, also where it is root's."""
    if limit is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    if os.geteuid() == 0 and sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_CAPBSET_DROP, _CAP_DAC_OVERRIDE, 0, 0, 0)


def _mount(place: Path) -> bool:
    """Whether a small file system of its own could be mounted there."""
    if sys.platform != "linux" or shutil.which("mount") is None:
        return False
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", place], capture_output=True, check=False
    )
    return done.returncode == 0


@contextmanager
def _home() -> Iterator[tuple[Path, Path]]:
    """A folder, and one in it for temporary files."""
    with tempfile.TemporaryDirectory() as base:
        temporary = Path(base) / "temporary"
        temporary.mkdir()
        yield Path(base), temporary


@contextmanager
def _disk(base: Path, library: Path) -> Iterator[Path | None]:
    """A copy of a library on a small file system of its own; None where none may be mounted."""
    place = base / "disk"
    place.mkdir()
    if not _mount(place):
        yield None
        return
    try:
        yield Path(shutil.copytree(library, place / "library"))
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


@contextmanager
def read_only(library: Path) -> Iterator[Unwritable]:
    """A copy of a library on a file system that is mounted to be read, or with permissions that say so."""
    with _home() as (base, temporary):
        with _disk(base, library) as copy:
            if copy is not None:
                _remount(copy.parent, "ro")
                mend, spoil = partial(_remount, copy.parent, "rw"), partial(_remount, copy.parent, "ro")
                yield Unwritable(copy, temporary, mend, spoil)
                return
        with by_permission(library) as found:
            yield found


@contextmanager
def by_permission(library: Path) -> Iterator[Unwritable]:
    """A copy of a library that may be read, and by permission not be written."""
    with _home() as (base, temporary):
        copy = Path(shutil.copytree(library, base / "library"))

        def spoil() -> None:
            for place in (copy, *copy.rglob("*")):
                place.chmod(0o555 if place.is_dir() else 0o444)

        def mend() -> None:
            for place in (copy, *copy.rglob("*")):
                place.chmod(0o755 if place.is_dir() else 0o644)

        spoil()
        yield Unwritable(copy, temporary, mend, spoil)
        mend()


@contextmanager
def full(library: Path) -> Iterator[Unwritable]:
    """A copy of a library on a disk without room, or where no file may grow."""
    with _home() as (base, temporary):
        with _disk(base, library) as on_disk:
            if on_disk is not None:
                filler = on_disk.parent / "filler"
                fill(filler)
                yield Unwritable(on_disk, temporary, filler.unlink, partial(fill, filler))
                return
        copy = Path(shutil.copytree(library, base / "library"))
        room = (copy / "chroma" / "chroma.sqlite3").stat().st_size // 2
        yield Unwritable(copy, temporary, lambda: None, lambda: None, limit=room)


def fill(filler: Path) -> None:
    """Write a file until there is no room."""
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while file.write(b"\0" * size):
                    pass
            except OSError:
                continue


def _remount(place: Path, how: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{how}", place], check=True)
