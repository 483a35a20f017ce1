"""Alembic's entry: runs the versions on the application's own engine."""

from alembic import context
from flask import current_app

from booking.facilities import models as facilities
from booking.journal import models as journal
from booking.kernel.db import Base
from booking.members import models as members
from booking.notices import models as notices
from booking.productions import models as productions
from booking.reservations import models as reservations
from booking.webhooks import models as webhooks

TABLES = (journal, facilities, members, productions, reservations, notices, webhooks)


def run() -> None:
    engine = current_app.extensions["sqlalchemy"].engine
    with engine.connect().execution_options(write=True) as connection:
        connection.detach()  # what changed tables has forgotten its statements: nobody gets it
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            transaction_per_migration=True,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
