"""Productions and closures of the demonstration."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from booking.core.scheduling.wallclock import days, local, resolve
from booking.demo.rows import add, ids
from booking.demo.seed import Seed
from booking.facilities.models import Closure, Facility, Site
from booking.kernel.db import db
from booking.members.models import Company, User
from booking.productions.models import CoProducer, Invitee, Production

ZONE = "Europe/Brussels"
MADE_DAYS_AGO = 120


def load_productions(seed: Seed, now: datetime) -> None:
    """Write the productions with their co-producers and invited people."""
    companies, people = ids(Company), ids(User, "email")
    _add_productions(seed, companies, people, now)
    works = ids(Production, "code_name")
    parts = (
        (works[w["code_name"]], part) for w in seed["productions"] for part in w["coproducers"]
    )
    add(CoProducer, (_part(production, part, companies) for production, part in parts))
    invited = (
        (works[w["code_name"]], email) for w in seed["productions"] for email in w["invited"]
    )
    add(Invitee, ({"production_id": work, "user_id": people[email]} for work, email in invited))


def _add_productions(
    seed: Seed, companies: dict[str, int], people: dict[str, int], now: datetime
) -> None:
    first = _first_people()
    add(
        Production,
        (
            {
                "company_id": companies[work["company"]],
                "code_name": work["code_name"],
                "title": work["title"],
                "format": work["format"],
                "created_by": people.get(work.get("by", ""), first[companies[work["company"]]]),
                "created_at": now - timedelta(days=MADE_DAYS_AGO),
            }
            for work in seed["productions"]
        ),
    )


def _part(production_id: int, part: dict[str, Any], companies: dict[str, int]) -> dict[str, Any]:
    return {
        "production_id": production_id,
        "company_id": companies[part["company"]],
        "country": part["country"],
        "share_percent": Decimal(part["share"]),
    }


def load_closures(seed: Seed, now: datetime) -> None:
    """Write closures: those of a week from today on, and the yearly ones when they come next."""
    facilities, sites = ids(Facility), ids(Site)
    today = local(int(now.timestamp()), ZONE).date()
    add(
        Closure,
        (
            {
                "facility_id": facilities.get(closure.get("facility", "")),
                "site_id": sites.get(closure.get("site", "")),
                "reason": closure["reason"],
                **_span(closure, today),
            }
            for closure in seed["closures"]
        ),
    )


def instant(monday: date, week: int, day: int, clock: str) -> int:
    """UTC epoch seconds of "HH:MM" on a weekday (0 is Monday) of a week counted from `monday`."""
    on = monday + timedelta(weeks=week, days=day)
    return resolve(datetime.combine(on, time.fromisoformat(clock)), ZONE, fold=0)


def monday_of(day: date) -> date:
    """The Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


def _span(closure: dict[str, Any], today: date) -> dict[str, int]:
    if "month" in closure:
        span = days(_next(today, closure["month"], closure["on"]), 1, ZONE)
        return {"starts": span.starts, "ends": span.ends}
    monday = monday_of(today)
    return {
        edge: instant(monday, closure["week"], closure["day"], closure[clock])
        for edge, clock in (("starts", "start"), ("ends", "end"))
    }


def _next(today: date, month: int, day: int) -> date:
    this_year = date(today.year, month, day)
    return this_year if this_year >= today else date(today.year + 1, month, day)


def _first_people() -> dict[int, int]:
    """The person of each company who came first."""
    found: dict[int, int] = {}
    for company, user in db.session.execute(select(User.company_id, User.id).order_by(User.id)):
        found.setdefault(company, user)
    return found
