"""Search over what storage holds: full text in tantivy, vectors by nearness."""
