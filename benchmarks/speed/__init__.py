"""Times and memory: of commands, questions by filter, the page, the table of papers, a Chroma server."""
