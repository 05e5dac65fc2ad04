"""Train the retrieval model, and fit which of its tokens may be left out."""
