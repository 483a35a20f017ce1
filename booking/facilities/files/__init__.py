"""Photos and documents of facilities, kept in the database: processes have no disk of their own."""
