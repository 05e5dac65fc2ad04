"""Where papers come from: listings in any packing, arXiv's metadata snapshot, lists of references, and arXiv itself."""

from vectorstore.ingest.discovery import find_inputs
from vectorstore.ingest.reader import read_papers
from vectorstore.ingest.reference_lists import Reference
from vectorstore.ingest.selection import Selection

__all__ = ["Reference", "Selection", "find_inputs", "read_papers"]
