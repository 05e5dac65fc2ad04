"""Scripts that fit what the package ships; not part of it."""
