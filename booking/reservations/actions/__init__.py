"""Writing reservations: request, decide, confirm, give back; each one transaction."""

from booking.reservations.actions.clocks import lapse_due
from booking.reservations.actions.deciding import Outcome, Reach, act, act_on_many, permitted
from booking.reservations.actions.requesting import request

__all__ = ["Outcome", "Reach", "act", "act_on_many", "lapse_due", "permitted", "request"]
