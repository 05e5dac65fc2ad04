"""Pure functions over text: sentences, LaTeX, spelling, names, venues."""
