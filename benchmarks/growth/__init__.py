"""How cost grows with a library, and what one of any size will cost."""
