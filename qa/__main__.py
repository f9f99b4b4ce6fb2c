"""``python -m qa "QUESTION"``: the same as ``dateline ask``."""

from qa.cli import ask_main

if __name__ == "__main__":
    ask_main()
