"""`python -m ui.cli` is the same as `arxivqa`."""

from arxivqa import main

if __name__ == "__main__":
    main()
