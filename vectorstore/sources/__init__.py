"""Where papers come from: listings in any packing, arXiv's metadata snapshot, lists of references, and arXiv itself."""

from vectorstore.sources.finding import find
from vectorstore.sources.reading import read
from vectorstore.sources.references import Reference
from vectorstore.sources.selection import Selection

__all__ = ["Reference", "Selection", "find", "read"]
