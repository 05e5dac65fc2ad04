"""Count how rare each word stem is among abstracts, for `qa.evidence.tokens`.

    python -m training.weights.fit_rarity LISTINGS

Counts the papers of `training/data/questions.jsonl` only, and writes `qa/weights/rarity.json`: 1 for a stem in two
abstracts or fewer (left out of the file), towards 0 for one in all of them.
"""

from __future__ import annotations

import collections
import json
import math
import sys
from pathlib import Path

from qa.evidence import tokens
from training import corpus
from training.weights.folder import FOLDER

LEAST = 3


def main(folder: Path) -> None:
    """Count and write."""
    papers = corpus.papers(folder, (q.paper for q in corpus.questions()))
    counts = collections.Counter(s for p in papers.values() for s in set(tokens.stems(f"{p.title} {p.abstract}")))
    highest = math.log((len(papers) + 1) / LEAST)
    table = {
        stem: round(math.log((len(papers) + 1) / (count + 1)) / highest, 3)
        for stem, count in sorted(counts.items())
        if count >= LEAST
    }
    target = FOLDER / "rarity.json"
    target.write_text(json.dumps(table, ensure_ascii=False, indent=0, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"wrote {len(table)} stems to {target.name}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
