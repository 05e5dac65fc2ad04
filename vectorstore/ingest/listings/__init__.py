"""Readers of arXiv listings: files in, papers and clear refusals out; the layout is told from the content."""

from vectorstore.ingest.listings.parser import read_listing
from vectorstore.ingest.listings.rejects import Reject
from vectorstore.ingest.listings.walk import find_listings

__all__ = ["Reject", "find_listings", "read_listing"]
