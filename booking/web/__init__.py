"""Door: the pages that people see."""

from flask import Flask

from booking.web import (
    account,
    approvals,
    attending,
    auth,
    bookings,
    bundles,
    changes,
    closures,
    companies,
    day_sheet,
    decisions,
    door,
    doors,
    errors,
    exports,
    external,
    facilities,
    facility_admin,
    facility_files,
    filters,
    find,
    groups,
    guard,
    headers,
    health,
    imports,
    intake,
    kinds,
    licences,
    mails,
    navigation,
    occupancy,
    offers,
    options,
    people,
    planning,
    productions,
    rules,
    scripts,
    session,
    settings,
    sites,
    styles,
    subscriptions,
    today,
    webhooks,
)
from booking.web import locale as locale

PAGES = (
    productions,
    account,
    approvals,
    attending,
    auth,
    bookings,
    changes,
    companies,
    day_sheet,
    decisions,
    door,
    exports,
    facilities,
    find,
    health,
    imports,
    mails,
    occupancy,
    offers,
    options,
    people,
    planning,
    scripts,
    settings,
    styles,
    subscriptions,
    today,
    webhooks,
)
"""Modules with a blueprint `bp`, one for each page."""

for part_of_facilities in (
    facility_admin,
    facility_files,
    bundles,
    closures,
    doors,
    external,
    kinds,
    rules,
    licences,
    sites,
    groups,
):
    facilities.bp.register_blueprint(part_of_facilities.bp)


def register(app: Flask) -> None:
    """Hang the pages into the application."""
    for part in (intake, session, guard, headers, errors, filters, navigation, scripts, styles):
        part.register(app)
    for page in PAGES:
        app.register_blueprint(page.bp)
    app.extensions["csrf"].exempt(door.bp)  # the secret of its address is in no other site's hands
