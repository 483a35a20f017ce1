"""Other people's calendars of a facility: a tenant's own planning, a festival."""
