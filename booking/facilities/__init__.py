"""What can be reserved: sites, kinds, facilities over spaces, hours, closures."""
