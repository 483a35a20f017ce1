"""Writing reservations: request, decide, confirm, give back; each one transaction."""

from booking.reservations.actions.clocks import lapse_due
from booking.reservations.actions.deciding import Outcome, Reach, act, act_on_many
from booking.reservations.actions.importing import Brought, Imported, import_bookings
from booking.reservations.actions.moving import change, refuse_change
from booking.reservations.actions.moving import preview as preview_change
from booking.reservations.actions.offering import accept, offer, propose_swap, refuse, refuse_swap
from booking.reservations.actions.prolonging import prolong, refuse_prolong
from booking.reservations.actions.replanning import Change
from booking.reservations.actions.requesting import request

__all__ = [
    "Brought",
    "Change",
    "Imported",
    "Outcome",
    "Reach",
    "accept",
    "act",
    "act_on_many",
    "change",
    "import_bookings",
    "lapse_due",
    "offer",
    "preview_change",
    "prolong",
    "propose_swap",
    "refuse",
    "refuse_change",
    "refuse_prolong",
    "refuse_swap",
    "request",
]
