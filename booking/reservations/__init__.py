"""The heart: bookings, their occurrences, and the ranked claims these hold on spaces."""
