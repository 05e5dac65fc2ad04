"""Ask the question sets over a whole category as a user would, and write what comes out to the docs.

    python -m benchmarks.quality.run_category [LISTINGS] [--library PATH] [--misses] [--keep FOLDER] [--stock LIBRARY]

LISTINGS is the folder of the category's listings, or an archive of it. They and `seeds/` are ingested into the library
(`artifacts/category`), which takes an hour or more of two cores the first time and embeds nothing the next; without
LISTINGS the library is taken as it is. Then as `benchmarks.quality.run_eval`, with the sets that are asked of a
category.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import ROOT
from benchmarks.quality import side_by_side
from benchmarks.report import Goal

LIBRARY = ROOT / "artifacts" / "category"
SETS = ("category", "topics", "far_fields")
GOALS = {
    ("category", "recall@1"): Goal(0.62),
    ("category", "recall@10"): Goal(0.90),
    ("category", "p50 ms"): Goal(80, most=True),
    ("topics", "ndcg@20"): Goal(1.3, times=True),
    ("topics", "recall@100"): Goal(1.3, times=True),
}


def build(listings: Path, library: Path) -> None:
    """Ingest the listings and the seeds; what is in the library already stays as it is."""
    with tempfile.TemporaryDirectory() as name:
        folder = listings
        if listings.is_file():
            folder = Path(name)
            # Python before 3.12 unpacks whatever path an archive names unless it is told not to.
            safe = {} if listings.suffix == ".zip" else {"filter": "data"}
            shutil.unpack_archive(listings, folder, **safe)  # type: ignore[arg-type]
        command = ["ingest", "--library", str(library), "--json", str(folder), str(ROOT / "seeds")]
        done = subprocess.run([sys.executable, "-m", "ui.cli", *command], stdout=subprocess.PIPE, check=False)
    if not done.stdout:  # a refused record alone also ends it with 1, but then it says how many went in
        sys.exit(f"arxivqa {' '.join(command)} ended with {done.returncode}")
    summary = json.loads(done.stdout)
    print(f"{library}: {summary['papers']:,} papers, {summary['added']:,} of them new", file=sys.stderr)


def main() -> None:
    """Build where needed, measure, print and write."""
    parser = side_by_side.arguments(__doc__ or "")
    parser.add_argument("listings", nargs="?", type=Path, help="the category's listings, a folder or an archive")
    parser.add_argument("--library", type=Path, default=LIBRARY, help="where the library is or will be")
    given = parser.parse_args()
    if given.listings is not None:
        if not given.listings.exists():
            parser.error(f"there are no listings in {given.listings}")
        build(given.listings, given.library)
    elif not given.library.is_dir():
        parser.error(f"there is no library in {given.library}: say which listings to make it from")
    with side_by_side.kept(given.keep) as folder:
        side_by_side.publish("category", given.library.absolute(), SETS, GOALS, folder, given)


if __name__ == "__main__":
    main()
