"""What leaves the building: mails, written with the event and delivered by the worker."""
