import json
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from flask_migrate import upgrade
from sqlalchemy import func, select

from booking.core.access import Role
from booking.core.lifecycle import State, Verb
from booking.core.rules.settable import SETTABLE
from booking.core.scheduling.interval import Interval
from booking.demo.load import DOCUMENTED, PASSWORD, load_demo
from booking.demo.seed import FILE, seed
from booking.facilities import bundles, policy, queries
from booking.facilities.models import Facility
from booking.facilities.values import ALWAYS_OPEN
from booking.journal.models import Entry
from booking.kernel import clock
from booking.kernel.db import db
from booking.kernel.errors import Invalid
from booking.kernel.i18n import LOCALES
from booking.members.actions.sessions import Origin, sign_in
from booking.members.models import Company, User
from booking.members.queries import actor_by_email
from booking.notices.models import OutboxMessage
from booking.productions.models import Production
from booking.productions.queries import invited_ids
from booking.reservations.claims import standing
from booking.reservations.desk import option_desk
from booking.reservations.models import Booking, Claim, Occurrence, PoolClaim
from tests.support import houses
from tests.support.time import MONDAY_MORNING

both_engines = pytest.mark.parametrize(
    "demo_app", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True
)

PROMISED = """
    M-PLA M-PLA1 M-PLA2 M-PLB M-PLC M-CIN M-AUD M-BRU M-ET1 M-ET2 M-MI1 M-MI2
    M-MI3 M-MI4 M-MI5 M-MI6 M-MS1 M-MS2 M-VFX M-RND M-STO M-LTO M-FIB M-DAT
    M-LOG M-ATD M-CAF N-PLD N-MOC N-VRL N-VOX N-MI1 N-MI2 N-NUM N-BUR N-RE1
    N-RE2
"""
CODES = set(PROMISED.split())
HERE = Origin("127.0.0.1")
POOLS = {"M-VFX": 12, "M-RND": 24, "M-STO": 800, "M-LTO": 2, "M-FIB": 10, "M-LOG": 4, "N-BUR": 12}


def count(column):
    return db.session.scalar(select(func.count(column)))


@both_engines
def test_fifteen_members_with_250_people(demo):
    members = select(Company.id).where(Company.kind == "member")
    people = select(func.count(User.id)).where(User.company_id.in_(members))
    assert len(db.session.scalars(members).all()) == 15
    assert db.session.scalar(people) == 250
    staff = dict(db.session.execute(select(Company.code, Company.staff)).all())
    heads = dict(
        db.session.execute(
            select(Company.code, func.count(User.id))
            .join_from(Company, User, User.company_id == Company.id)
            .where(Company.kind == "member")
            .group_by(Company.code)
        ).all()
    )
    assert heads == {code: number for code, number in staff.items() if number is not None}


@both_engines
def test_every_promised_code_is_there(demo):
    assert {facility.code for facility in queries.catalogue()} == CODES
    pools = {f.code: f.quantity for f in queries.catalogue() if f.is_pool}
    assert pools == POOLS


@both_engines
def test_pools_are_shared_and_bundles_offered(demo):
    taken = db.session.scalar(select(func.sum(PoolClaim.amount)))
    assert (taken or 0) >= 120 + 4 + 3 + 16
    pools = select(Facility.id).where(Facility.quantity > 1)
    assert not db.session.scalar(select(func.count(Claim.ends)).where(Claim.facility_id.in_(pools)))
    assert [bundle.code for bundle in bundles.every()] == ["ETALO", "MONTAGE"]


@both_engines
def test_a_second_load_changes_nothing(demo):
    before = [count(table.id) for table in (User, Booking, Entry)]
    assert not load_demo(clock.now())
    assert [count(table.id) for table in (User, Booking, Entry)] == before


@both_engines
def test_numbers_and_ids_go_on_from_there(demo):
    highest = db.session.scalar(select(func.max(Booking.id)))
    assert highest == count(Booking.id)
    ordered = select(Booking.number).order_by(Booking.created_at, Booking.id)
    numbers = db.session.scalars(ordered).all()
    assert numbers == sorted(numbers)


@both_engines
def test_no_two_claims_of_a_rank_overlap(demo):
    claims = db.session.execute(
        select(Claim.space_id, Claim.rank, Claim.starts, Claim.ends).order_by(
            Claim.space_id, Claim.rank, Claim.starts
        )
    ).all()
    assert not [(a, b) for a, b in pairwise(claims) if a[:2] == b[:2] and b.starts < a.ends]


@pytest.mark.parametrize("email", DOCUMENTED)
def test_documented_accounts_log_in(demo, email):
    assert sign_in(email, PASSWORD, origin=HERE, now=clock.now(), demo=True)


def test_they_do_not_outside_demonstration_mode(demo):
    with pytest.raises(Invalid):
        sign_in(DOCUMENTED[0], PASSWORD, origin=HERE, now=clock.now())


def test_accounts_are_what_they_are_called(demo):
    actors = {email.partition("@")[0]: actor_by_email(email) for email in DOCUMENTED}
    sites = {site.id for site in queries.sites()}
    assert actors["manager"].managed_sites == sites
    assert actors["board"].roles == {Role.BOARD}
    assert actors["admin"].roles == {Role.ADMINISTRATOR}
    assert actors["guest"].guest
    assert not actors["producer"].guest
    heron = db.session.scalar(select(Production.id).where(Production.code_name == "HERON"))
    assert heron in invited_ids(actors["guest"].user_id)


def test_units_and_halves_are_as_in_the_building(demo):
    by_code = {facility.code: facility for facility in queries.catalogue()}
    assert by_code["M-MI6"].group_code == "M-MI"
    assert by_code["N-MI1"].name == "Montage image 7"
    assert by_code["M-MS2"].name == "Montage son B"
    assert by_code["M-PLA"].shares_space_with(by_code["M-PLA1"])
    assert not by_code["M-PLA1"].shares_space_with(by_code["M-PLA2"])
    assert by_code["M-CIN"].capacity == 62
    assert by_code["M-PLA"].capacity == 200
    assert by_code["M-RND"].capacity is None
    assert by_code["M-PLA"].option_days == 14
    assert by_code["M-RND"].opening == ALWAYS_OPEN
    assert by_code["N-RE1"].approval == "automatic"
    assert by_code["M-CIN"].approval == "manager"


def test_rules_of_the_house_can_be_looked_at(demo):
    by_code = queries.by_codes(["M-PLA", "N-RE1", "N-MOC", "N-VOX"])
    today = clock.now().date()
    said = {
        code: {rule: each.value for rule, each in policy.in_force(facility, today).items()}
        for code, facility in by_code.items()
    }
    assert said == {
        "M-PLA": {"rolling": 24, "shortest": 240},
        "N-RE1": {"longest": 600, "furthest": 180, "step": 15},
        "N-MOC": {"notice": 48, "holidays": True},
        "N-VOX": {"noise": ["N-PLD"]},
    }
    assert {each["rule"] for each in seed()["rules"]} <= set(SETTABLE)


def test_kinds_and_attributes_speak_every_language(demo):
    kinds = queries.kinds()
    assert len(kinds) == 22
    for kind in kinds:
        assert set(kind.names) == set(LOCALES)
        assert all(set(each.names) == set(LOCALES) for each in queries.definitions(kind.id))
    grading = queries.by_codes(["M-ET2"])["M-ET2"]
    said = {each.code: each.value for each in queries.attributes([grading.id])[grading.id]}
    assert (said["hdr"], said["peak_nits"]) == (True, 1000)


def test_the_planning_has_everything_to_look_at(demo):
    states = Counter(db.session.scalars(select(Occurrence.state)))
    assert states[State.CONFIRMED] > 300
    assert states[State.REQUESTED] >= 8
    assert states[State.OPTION] >= 8
    assert {State.CANCELLED, State.DECLINED, State.RELEASED} <= set(states)
    assert db.session.scalar(select(func.max(Claim.rank))) == 2


def test_what_the_clock_would_have_ended_is_not_loaded(demo):
    now = clock.now()
    waiting = select(Occurrence.expires_at).where(
        Occurrence.state.in_([State.OPTION, State.REQUESTED])
    )
    assert all(expires > now for expires in db.session.scalars(waiting))
    settled = select(Occurrence.expires_at).where(
        Occurrence.state.not_in([State.OPTION, State.REQUESTED])
    )
    assert set(db.session.scalars(settled)) == {None}


def test_one_shoot_goes_across_midnight_and_one_takes_a_week(demo):
    lengths = {
        title: ends - starts
        for title, starts, ends in db.session.execute(
            select(Booking.title, Occurrence.starts, Occurrence.ends).join_from(
                Booking, Occurrence, Occurrence.booking_id == Booking.id
            )
        )
    }
    assert lengths["Inserts de nuit"] == 9 * 3600
    assert lengths["Tournage, semaine 2"] > 4 * 24 * 3600


@both_engines
def test_the_producer_has_a_challenge_to_answer_and_made_one(demo):
    now = int(clock.now().timestamp())
    desk = option_desk(actor_by_email("producer@blf.example"), "company", now)
    (asked,) = desk.challenged
    assert (asked.title, asked.challenge.due - now) == ("Étalonnage final", 5 * 3600)
    assert set(asked.verbs) >= {Verb.CONFIRM, Verb.RELEASE}
    assert [(rung.rank, rung.own) for rung in asked.ladder] == [(1, True), (2, False)]
    assert all(rung.since < now for rung in asked.ladder)
    (made,) = [line for line in desk.behind if line.challenge]
    assert (made.rank, made.challenge.made) == (2, True)
    times = db.session.scalars(select(Entry.at).order_by(Entry.id)).all()
    assert times == sorted(times)


@pytest.mark.parametrize("hour", [9, 12, 16, 23, 24 * 4 + 15, 24 * 5 + 10, 24 * 6 + 20])
def test_five_hours_are_left_whenever_it_is_loaded(tmp_path, hour):
    app = houses.make_app(f"sqlite:///{tmp_path / 'demo.sqlite3'}", tmp_path)
    start = MONDAY_MORNING + timedelta(hours=hour - 9)
    with app.app_context(), clock.stopped_at(start):
        upgrade()
        load_demo(start)
        now = int(start.timestamp())
        (asked,) = option_desk(actor_by_email("producer@blf.example"), "company", now).challenged
        assert asked.challenge.due - now == 5 * 3600
        db.engine.dispose()


def test_no_booking_lies_in_a_closure(demo):
    now = int(clock.now().timestamp())
    for closure in queries.upcoming_closures(now):
        shut = [f for f in queries.catalogue() if closure.concerns(f)]
        spaces = {space for facility in shut for space in facility.space_ids}
        window = Interval(closure.starts, closure.ends)
        holds = standing(sorted(spaces), window, now)
        assert not [hold for hold in holds if Interval(hold.from_, hold.until).overlaps(window)]


def test_every_booking_has_a_history_and_nobody_gets_mail(demo):
    told = select(func.count(func.distinct(Entry.booking_id)))
    assert db.session.scalar(told) == count(Booking.id)
    assert count(OutboxMessage.id) == 0


def test_names_are_unlike_and_addresses_lead_nowhere(demo):
    people = db.session.execute(select(User.name, User.email)).all()
    assert len({person.name for person in people}) == len(people)
    assert all(person.email.endswith(".example") for person in people)


def test_the_seed_file_is_read_as_it_is_written():
    assert seed() == json.loads(FILE.read_text("utf-8"))
