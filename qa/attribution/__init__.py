"""What `qa.attribution.checker` is made of: the sentences of a written answer, and how an abstract bears them out."""
