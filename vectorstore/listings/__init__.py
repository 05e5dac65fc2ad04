"""Readers of arXiv listings: files in, papers and clear refusals out; the layout is told from the content."""

from vectorstore.listings.finding import find
from vectorstore.listings.reading import read
from vectorstore.listings.refusals import Refusal

__all__ = ["Refusal", "find", "read"]
