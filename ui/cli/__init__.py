"""The command line: `arxivqa chat | ask | find | show | ingest | stats | config | models | eval` and what is kept:
`arxivqa conversations | questions | users`; and what keeps a library safe: `arxivqa doctor | backup | restore |
remove`.
"""
