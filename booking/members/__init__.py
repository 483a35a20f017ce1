"""Who uses the house: companies, people, roles, sessions and the secrets they carry."""
