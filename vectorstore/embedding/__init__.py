"""From a paper to chunks, and from chunks to unit vectors."""
