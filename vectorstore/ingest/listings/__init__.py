"""Readers of arXiv listings: a file in, papers and clear refusals out; the layout is told from the content."""

from vectorstore.ingest.listings.parser import read_listing
from vectorstore.ingest.listings.rejects import Reject

__all__ = ["Reject", "read_listing"]
