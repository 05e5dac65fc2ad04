"""What the measures of a growing library say of more papers than were measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks.growth.sizes import Size

PAPERS = (500_000, 1_000_000, 2_700_000, 10_000_000)
CORES = 16
LEAST = 10_000  # papers; of fewer, what a process needs anyway hides what comes with each
_MEBIBYTE = 1 << 20


def table(sizes: Sequence[Size]) -> str:
    """The costs of larger libraries, by the rules that `docs/scaling.md` states, as a Markdown table.

    Args:
        sizes: what was measured, rising; from the last one all follows, and from the last two how latency grows.
    """
    if len(sizes) < 2 or sizes[-1].papers < LEAST:
        return f"More has to be measured first: two sizes, the larger of {LEAST:,} papers or more."
    last = sizes[-1]
    held = _slope(sizes, lambda size: size.held_mebibytes * _MEBIBYTE)
    loading = _slope(sizes, lambda size: size.first_seconds)
    asking = max(asked.mebibytes for asked in last.asked.values()) * _MEBIBYTE
    rows: list[tuple[str, Callable[[int], str]]] = [
        ("vectors, millions", lambda n: f"{_chunks(last, n) / 1e6:.1f}"),
        ("ingest on this machine (h)", lambda n: _hours(last.seconds / last.added, n)),
        (f"ingest on {CORES} such cores (h)", lambda n: _hours(_on_many(last), n)),
        ("ingest, where embedding costs nothing (h)", lambda n: _hours(last.writing / last.added, n)),
        ("HNSW in memory (GB)", lambda n: f"{held * n / 1e9:.1f}"),
        ("asking, memory (GB)", lambda n: f"{(asking + held * (n - last.papers)) / 1e9:.1f}"),
        ("first search (s)", lambda n: f"{loading * n:.0f}"),
        ("ask without filters, p50, at most (ms)", lambda n: f"{_line(sizes, 'without filters', n):.0f}"),
        ("ask since 2020, p50, at most (ms)", lambda n: f"{_line(sizes, 'since 2020', n):.0f}"),
        ("disk (GB)", lambda n: f"{sum(last.disk.values()) * n / last.papers / 1e9:,.0f}"),
    ]
    lines = ["| papers | " + " | ".join(f"{papers:,}" for papers in PAPERS) + " |", "|---|" + "---:|" * len(PAPERS)]
    lines += [f"| {name} | " + " | ".join(cell(papers) for papers in PAPERS) + " |" for name, cell in rows]
    return "\n".join(lines)


def _chunks(last: Size, papers: int) -> float:
    return papers * last.chunks / last.papers


def _hours(seconds_a_paper: float, papers: int) -> str:
    return f"{seconds_a_paper * papers / 3600:.1f}"


def _on_many(last: Size) -> float:
    """Seconds a paper: the work is shared, but one process writes."""
    return max(last.writing, (last.writing + last.embedding) / CORES) / last.added


def _slope(sizes: Sequence[Size], value: Callable[[Size], float]) -> float:
    """How much of something comes with each paper, from the first size to the last: a process has some anyway."""
    first, last = sizes[0], sizes[-1]
    return (value(last) - value(first)) / (last.papers - first.papers)


def _line(sizes: Sequence[Size], kind: str, papers: int) -> float:
    """Milliseconds on a straight line through the last two sizes, or as at the last one where they do not grow."""
    one, other = sizes[-2:]
    slope = (other.asked[kind].p50 - one.asked[kind].p50) / (other.papers - one.papers)
    return other.asked[kind].p50 + max(slope, 0.0) * (papers - other.papers)
