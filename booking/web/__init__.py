"""Door: the pages that people see."""

from flask import Flask

from booking.web import (
    account,
    approvals,
    auth,
    bookings,
    bundles,
    changes,
    closures,
    companies,
    errors,
    exports,
    facilities,
    facility_admin,
    filters,
    find,
    guard,
    headers,
    health,
    imports,
    intake,
    kinds,
    licences,
    mails,
    navigation,
    offers,
    options,
    people,
    planning,
    productions,
    rules,
    session,
    settings,
    subscriptions,
)
from booking.web import locale as locale

PAGES = (
    productions,
    account,
    approvals,
    auth,
    bookings,
    changes,
    companies,
    exports,
    facilities,
    find,
    health,
    imports,
    mails,
    offers,
    options,
    people,
    planning,
    settings,
    subscriptions,
)
"""Modules with a blueprint `bp`, one for each page."""

for part_of_facilities in (facility_admin, bundles, closures, kinds, rules, licences):
    facilities.bp.register_blueprint(part_of_facilities.bp)


def register(app: Flask) -> None:
    """Hang the pages into the application."""
    for part in (intake, session, guard, headers, errors, filters, navigation):
        part.register(app)
    for page in PAGES:
        app.register_blueprint(page.bp)
