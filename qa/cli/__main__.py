"""`python -m qa.cli` is the same as `arxivqa`."""

from qa.cli.entry import main

if __name__ == "__main__":
    main()
