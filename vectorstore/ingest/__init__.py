"""Where papers come from: listings in any packing, arXiv's metadata snapshot, lists of references, and arXiv itself."""

from vectorstore.ingest.discovery import find_inputs, find_listings
from vectorstore.ingest.reader import Selection, read_papers
from vectorstore.ingest.reference_lists import Reference

__all__ = ["Reference", "Selection", "find_inputs", "find_listings", "read_papers"]
