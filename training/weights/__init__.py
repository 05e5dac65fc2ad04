"""Fit the weights of the small models in `qa/weights/`."""
