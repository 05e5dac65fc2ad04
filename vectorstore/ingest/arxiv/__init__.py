"""Ask arXiv's API for papers, once or as a query that is followed."""
