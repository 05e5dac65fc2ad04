"""How good answers are: the question sets asked, measured and set beside simpler systems."""
