"""Find candidates, rank them, cut lists, and decide whether the library answers at all."""
