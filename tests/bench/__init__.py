"""How fast the product is on a large database: `python -m tests.bench`, or `make bench`."""
