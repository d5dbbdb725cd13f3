"""`make lint` reads the English: pages, docstrings, errors, what programs print."""
