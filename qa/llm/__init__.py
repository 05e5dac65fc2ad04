"""Language models: naming one, finding those that this machine can use, and reading what they write.

Nothing here is imported while answers are extractive, and no model's package is imported before it is chosen.
"""
