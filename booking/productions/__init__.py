"""What bookings are for: productions, who co-produces them, who is invited."""
