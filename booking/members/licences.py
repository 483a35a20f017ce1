"""Reading licences: who was trained for what, and until when."""

from datetime import date

from sqlalchemy import bindparam, select

from booking.kernel.db import connection
from booking.members.models import Company, Licence, User
from booking.members.values import LicenceFacts

_OF_PERSON = select(Licence.code, Licence.valid_until).where(Licence.user_id == bindparam("user"))
_EVERY = (
    select(
        Licence.id,
        Licence.code,
        Licence.valid_until,
        Licence.user_id,
        User.name,
        User.email,
        Company.name.label("company_name"),
    )
    .join_from(Licence, User, User.id == Licence.user_id)
    .join(Company, Company.id == User.company_id)
    .where(User.active)
    .order_by(Licence.code, User.name, Licence.id)
)


def of_person(user_id: int) -> dict[str, date | None]:
    """What a person was trained for: the last day of each licence by code, None for ever.

    One statement.
    """
    return dict(connection().execute(_OF_PERSON, {"user": user_id}).all())


def every() -> list[LicenceFacts]:
    """All licences of people who are here, by code, then name; asks for no permission.

    One statement.
    """
    return [LicenceFacts(**row) for row in connection().execute(_EVERY).mappings()]
