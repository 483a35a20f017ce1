"""What happened: append-only, read by audit, history, feeds and the live planning."""
