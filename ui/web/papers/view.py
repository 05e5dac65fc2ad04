"""The Papers page as HTML: the table, the line over it, and the panel with one paper's abstract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qa.retrieval.browse import Sort, TablePage
from ui.web.html.escape import attribute, escape
from ui.web.html.latex import typeset
from ui.web.papers.params import Wanted
from ui.web.papers.scope import PAGE, Shown
from vectorstore import Paper
from vectorstore.text.dates import long_date, short_date

if TYPE_CHECKING:
    from collections.abc import Mapping

_CURRENT = ' aria-current="page"'
_WHOLE = '<a href="/papers">Show the whole library</a>'
_WITHDRAWN = '<span class="withdrawn">withdrawn</span>'
_AUTHORS = 2
_CATEGORIES = 60  # in the choice; the rest are seldom more than a slip in a listing
_COLUMNS: tuple[tuple[Sort, str], ...] = (("title", "Title"), ("authors", "Authors"), ("listed", "Listed"))


def tools(categories: Mapping[str, int], given: Shown) -> str:
    """Return the choice between all papers and the new ones, the search box and the filters.

    Args:
        categories: papers a category, most first.
        given: what the table is of.
    """
    here = "/papers?new=1" if given.found is not None else "" if given.heading else "/papers"
    links = "".join(
        f'<a href="{address}"{_CURRENT if address == here else ""}>{name}</a>'
        for name, address in (("All", "/papers"), ("New", "/papers?new=1"))
    )
    offered = "".join(
        f"<option value={attribute(code)}>{escape(code)} ({count:,})</option>"
        for code, count in list(categories.items())[:_CATEGORIES]
    )
    return (
        '<form id="papers-form" role="search" autocomplete="off">'
        f'<nav aria-label="Which papers">{links}</nav>'
        '<label class="search"><span class="unseen">Search papers</span><input type="search" name="search" '
        'maxlength="300" placeholder="Search titles, abstracts, authors, ids" spellcheck="false"></label>'
        '<button type="button" id="papers-more" aria-expanded="false" aria-controls="papers-filters">Filters'
        '<span class="count"></span></button>'
        '<div id="papers-filters">'
        '<label><span>From</span><input type="date" name="since"></label>'
        '<label><span>To</span><input type="date" name="until"></label>'
        f'<label><span>Category</span><select name="category"><option value="">Any</option>{offered}</select></label>'
        '<label class="author"><span>Author</span><input type="text" name="author" maxlength="300" '
        'placeholder="Any" spellcheck="false"></label>'
        '<button type="reset" disabled>Clear</button></div></form>'
    )


ACTS = (
    '<div id="papers-acts" role="group" aria-label="What to do with the ticked papers">'
    '<span id="papers-ticked" role="status">None ticked</span>'
    '<button type="button" name="ask" disabled>Ask only these</button>'
    '<button type="button" name="compare" disabled title="Two to six papers">Side by side</button>'
    '<button type="button" name="like" disabled title="One paper">More like this</button>'
    '<span class="export"><label class="unseen" for="papers-format">Format</label><select id="papers-format" disabled>'
    '<option value="bibtex">BibTeX</option><option value="ris">RIS</option><option value="csv">CSV</option>'
    '<option value="json">JSON</option><option value="markdown">Markdown</option></select>'
    '<button type="button" name="export" disabled>Export</button></span>'
    '<button type="button" name="clear" disabled>Untick all</button></div>'
)


def heading(given: Shown) -> str:
    """Return what stands over the table when it is not of the whole library."""
    if not given.heading:
        return ""
    said = f"<p>{escape(given.said)}</p>" if given.said else ""
    return f'<div class="papers-of"><h2>{typeset(given.heading)}</h2>{said}{_WHOLE}</div>'


def pager(page: TablePage, wanted: Wanted) -> str:
    """Return how many papers there are, which of them are shown, and the way to the others."""
    last = max(1, -(-page.total // PAGE))
    number = min(wanted.page, last)
    first = (number - 1) * PAGE
    where = f"{first + 1:,}–{first + len(page.papers):,} of {page.total:,}" if page.papers else f"{page.total:,} papers"
    if page.total == 1:
        where = "1 paper"

    def step(to: int, words: str, sign: str) -> str:
        off = "" if 1 <= to <= last and to != number else " disabled"
        return f'<button type="button" name="page" value="{to}" aria-label="{words}"{off}>{sign}</button>'

    # One page keeps the others' place, so that nothing moves while a search is typed.
    alone = " data-alone" if last == 1 else ""
    return (
        f'<p id="papers-where" role="status">{where}</p>'
        f'<nav id="papers-pages" aria-label="Pages of the table"{alone}>{step(1, "First page", "«")}'
        f"{step(number - 1, 'Previous page', '‹')}"
        f'<label>Page <input type="number" name="number" min="1" max="{last}" value="{number}"></label>'
        f" of {last:,} {step(number + 1, 'Next page', '›')}{step(last, 'Last page', '»')}</nav>"
    )


def table(page: TablePage, given: Shown, wanted: Wanted) -> str:
    """Return one page of the table, or why there is none."""
    if not page.papers:
        return _empty(page, given, wanted)
    heads = "".join(_head(sort, name, given, wanted) for sort, name in _COLUMNS)
    body = "".join(_row(paper, number) for number, paper in enumerate(page.papers))
    return (
        '<table id="papers-table" aria-label="Papers"><thead><tr><th class="tick"><input type="checkbox" '
        'id="papers-all" aria-label="Tick all papers on this page"></th>'
        f'{heads}<th class="categories" scope="col">Categories</th></tr></thead><tbody>{body}</tbody></table>'
    )


WAITING = '<div class="papers-none late"><p class="waiting">Looking through the library</p></div>'


def failed(reason: str, *, leave: bool = False) -> str:
    """Return what stands in the table's place when it cannot be made, with a way to the whole library if wanted."""
    link = f"<p>{_WHOLE}</p>" if leave else ""
    return f'<div class="papers-none failed" role="alert"><p>{escape(reason)}</p>{link}</div>'


def _empty(page: TablePage, given: Shown, wanted: Wanted) -> str:
    if page.total:
        words = '<p>The table ends before this page.</p><p><button type="button" name="page" value="1">First page'
        return f'<div class="papers-none">{words}</button></p></div>'
    if wanted.search.strip() or wanted.filters:
        reason = f" have the words “{escape(wanted.search.strip())}”" if wanted.search.strip() else " pass the filters"
        return (
            f'<div class="papers-none"><h2>No paper matches</h2><p>None of these papers{reason}.</p>'
            '<p><button type="button" name="all">Clear the search and the filters</button></p></div>'
        )
    if given.heading:
        return f'<div class="papers-none"><h2>No papers here</h2><p>{_WHOLE}</p></div>'
    return (
        '<div class="papers-none"><h2>This library is empty</h2>'
        '<p>Add arXiv listings on the <a href="/library">Library page</a>.</p></div>'
    )


def _head(sort: Sort, name: str, given: Shown, wanted: Wanted) -> str:
    by = wanted.sort or (given.usual if not wanted.search.strip() else "relevance")
    falling = wanted.descending if wanted.descending is not None else sort == "listed"
    state = ("descending" if falling else "ascending") if by == sort else "none"
    # A click turns the order round; the first one takes the usual direction.
    turned = ("up" if falling else "down") if by == sort else ("down" if sort == "listed" else "up")
    return (
        f'<th class="{sort}" scope="col" aria-sort="{state}"><button type="button" name="sort" value="{sort}" '
        f'data-order="{turned}">{name}<span class="arrow" aria-hidden="true"></span></button></th>'
    )


def _row(paper: Paper, number: int) -> str:
    # One row can be reached with Tab; the arrow keys walk from it to the others.
    reached = "0" if number == 0 else "-1"
    more = len(paper.authors) - _AUTHORS
    names = escape(", ".join(paper.authors[:_AUTHORS])) + (f" and {more} more" if more > 0 else "")
    everyone = f" title={attribute(', '.join(paper.authors))}" if more > 0 else ""
    when = paper.listed
    listed = f'<time datetime="{when.isoformat()}">{short_date(when)}</time>' if when else ""
    codes = paper.categories[:2]
    categories = "".join(f'<span class="category">{escape(code)}</span>' for code in codes)
    rest = f' <span class="rest">+{len(paper.categories) - 2}</span>' if len(paper.categories) > 2 else ""
    all_codes = f" title={attribute(', '.join(paper.categories))}" if rest else ""
    return (
        f'<tr data-id={attribute(paper.arxiv_id)}><td class="tick"><input type="checkbox" name="tick" '
        f"aria-label={attribute(f'Tick {paper.title}')}></td>"
        f'<td class="title"><button type="button" name="open" tabindex="{reached}">{typeset(paper.title)}</button>'
        f"{_WITHDRAWN if paper.withdrawn else ''}</td>"
        f'<td class="authors"{everyone}>{names}</td><td class="listed">{listed}</td>'
        f'<td class="categories"{all_codes}>{categories}{rest}</td></tr>'
    )


def panel(paper: Paper) -> str:
    """Return one paper in full."""
    authors = f'<p class="authors">{escape(", ".join(paper.authors))}</p>' if paper.authors else ""
    facts = [
        (
            "Listed",
            f'<time datetime="{paper.listed.isoformat()}">{long_date(paper.listed)}</time>' if paper.listed else "",
        ),
        ("Categories", "".join(f'<span class="category">{escape(code)}</span>' for code in paper.categories)),
        ("Journal", typeset(paper.journal) if paper.journal else ""),
        ("Comment", typeset(paper.comment) if paper.comment else ""),
        ("DOI", escape(paper.doi) if paper.doi else ""),
        ("arXiv id", escape(paper.versioned_id)),
        ("Version", escape(paper.standing)),
    ]
    lines = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts if value)
    links = (
        f"{_link(paper.url, 'Abstract page')}{_link(paper.pdf_url, 'PDF')}"
        f"<a href={attribute(f'/?only={paper.arxiv_id}')}>Ask only this paper</a>"
        f"<a href={attribute(f'/papers?like={paper.arxiv_id}')}>More like this</a>"
    )
    return (
        '<article aria-labelledby="papers-title"><button type="button" name="close" aria-label="Close the panel">×'
        f'</button><h2 id="papers-title" tabindex="-1">{typeset(paper.title)}</h2>{authors}'
        f'<p class="links">{links}</p><p class="abstract">{typeset(paper.abstract)}</p><dl>{lines}</dl></article>'
    )


def _link(url: str, words: str) -> str:
    """Return a link that opens beside the page; the addresses are made by `Paper` from a checked id."""
    return f'<a href={attribute(url)} target="_blank" rel="noopener noreferrer">{words}</a>'
