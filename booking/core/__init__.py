"""Pure values and rules: no framework, no database, no clock."""
