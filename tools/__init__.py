"""Development tools: what the Makefile runs before the application or the tests."""
