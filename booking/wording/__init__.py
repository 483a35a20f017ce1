"""What all doors say alike: sentences for codes, dates in words, statuses for errors."""
