"""Writing reservations: request, decide, confirm, give back; each one transaction."""

from booking.reservations.actions.clocks import lapse_due
from booking.reservations.actions.deciding import Outcome, Reach, act, act_on_many, permitted
from booking.reservations.actions.moving import Change, change, refuse_change
from booking.reservations.actions.moving import preview as preview_change
from booking.reservations.actions.requesting import request

__all__ = [
    "Change",
    "Outcome",
    "Reach",
    "act",
    "act_on_many",
    "change",
    "lapse_due",
    "permitted",
    "preview_change",
    "refuse_change",
    "request",
]
