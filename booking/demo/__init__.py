"""Invented data: the Médiacité demonstration, and large loads for measuring."""
