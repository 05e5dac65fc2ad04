"""`python -m ui.cli` is the same as `arxivqa`."""

from ui.cli.main import main

if __name__ == "__main__":
    main()
