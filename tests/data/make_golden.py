"""Ids, titles and abstract hashes of the five seed listings, made without the readers.

    python tests/data/make_golden.py > tests/data/seeds-golden.jsonl

It sees each file whole and imports nothing of the project, so that a mistake in the readers cannot hide in both. What
it rests on was checked by eye in these five files only: one line an abstract, one word of mojibake, links of two kinds.
"""

import hashlib
import html
import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

SEEDS = Path(__file__).parents[2] / "seeds"


class Words(HTMLParser):
    """The words of a piece of arXiv's web page; a link that says "this http(s) URL" stands for its address."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words, self.address = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.address = dict(attrs).get("href") or ""
        self.words += " " if tag == "br" else ""

    def handle_data(self, data: str) -> None:
        if data in ("this http URL", "this https URL"):
            # The one link that is none: "deep models.In this work".
            data = "models. In" if self.address == "http://models.In" else self.address
        self.words += data


def words_of(page: str) -> str:
    parser = Words()
    parser.feed(page)
    parser.close()
    return parser.words


def line_of(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().replace("naÃ¯ve", "naïve")


def records(path: Path) -> list[tuple[str, str, str]]:
    text = path.read_text(encoding="utf-8")
    if text.startswith("# ArXiv"):
        pattern = r"^### \d+\.(.+?)  \[ (?:pdf|:arrow_down:) \]\(https://arxiv\.org/pdf/([\d.]+)\.pdf\)\n> (.+)$"
        return [(found[2], words_of(found[1]), words_of(found[3])) for found in re.finditer(pattern, text, re.M)]
    pattern = r"^### (.+)\n- \*\*Arxiv ID\*\*: http://arxiv\.org/abs/(\S+)\n(?:(?!###).*\n)+?- \*\*Summary\*\*: (.+)$"
    found = re.findall(pattern, text, re.M)
    return [(versioned, html.unescape(title), html.unescape(abstract)) for title, versioned, abstract in found]


def main() -> None:
    for path in sorted(SEEDS.glob("*.txt")):
        for versioned, title, abstract in records(path):
            arxiv_id, _, version = versioned.partition("v")
            row = {
                "file": path.name,
                "arxiv_id": arxiv_id,
                "version": int(version) if version else None,
                "title": line_of(title),
                "abstract_sha256": hashlib.sha256(line_of(abstract).encode()).hexdigest(),
            }
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
