"""The transactional core of a library: open, recover, ingest, commit, remove, swap."""
