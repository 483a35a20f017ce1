"""Telling programs what happens to bookings: signed calls, written down and tried again."""
