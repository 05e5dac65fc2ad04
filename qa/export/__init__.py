"""Papers as a table, side by side, in other programs' formats, and new since a visit."""
