"""What every noun stands on: database, transaction, clock, errors, secrets, languages."""
