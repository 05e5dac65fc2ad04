"""Turn a follow-up and the answers before it into a query that stands alone."""
