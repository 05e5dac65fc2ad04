"""One Chroma collection: where it is, who may write it, and how a paper stands in it."""
