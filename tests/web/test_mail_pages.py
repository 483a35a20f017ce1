"""Pages around mails: what one wants, what left, and deciding from a mail."""

import re

from sqlalchemy import select

from booking.core.scheduling.recurrence import Recurrence
from booking.kernel.db import db
from booking.notices import choices, outbox
from booking.notices.delivery import MOST_ATTEMPTS
from booking.notices.models import OutboxMessage
from booking.notices.telling import tell
from booking.notices.values import Choices, Requests
from tests.notices.conftest import HEAD, link
from tests.reservations.desk import Desk
from tests.support.statements import statements


def asked(app, world, clock):
    """The secret of the link in the mail about a request that competes with an option."""
    with app.app_context():
        desk = Desk(app, world, clock)
        desk.book("producer", "M-ET1", "18T09:00", "18T13:00", title="Bobine 1")
        desk.option("post", "M-ET1", "18T09:00", "18T13:00", title="Rivale")
        tell(clock.now, HEAD)
        return link(db.session.scalars(select(OutboxMessage)).one())


def state(app, clock, world):
    with app.app_context():
        return Desk(app, world, clock).where("PIL-2026-00001")


def test_a_link_shows_the_request_and_what_competes_and_changes_nothing(app, client, world, clock):
    secret = asked(app, world, clock)
    for _ in range(3):
        page = client.get(f"/decide/{secret}")
        assert page.status_code == 200
    text = page.get_data(as_text=True)
    assert "Bobine 1" in text
    assert "Rivale" in text
    assert "Sofia Renard" in text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert state(app, clock, world) == "requested 1"


def test_a_year_of_dates_is_weighed_in_as_many_statements_as_two(app, client, world, clock):
    with app.app_context():
        desk = Desk(app, world, clock)
        for hour, count in ((9, 2), (15, 52)):
            span = f"18T{hour:02}:00", f"18T{hour + 1:02}:00"
            weekly = Recurrence(rule=f"FREQ=WEEKLY;COUNT={count}")
            desk.book("producer", "M-ET1", *span, recurrence=weekly)
            tell(clock.now, HEAD)
            desk.option("post", "M-ET1", *(at.replace("18T", "25T") for at in span), title="Rivale")
        mails = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
        secrets = [link(mail) for mail in mails]
    counts = []
    for secret in secrets:
        with statements(app) as sent:
            page = client.get(f"/decide/{secret}").get_data(as_text=True)
        counts.append(len(sent))
    assert page.count("Rivale") == 1
    assert counts[0] == counts[1]


def test_it_decides_by_a_form_with_its_token_once(app, client, world, clock):
    secret = asked(app, world, clock)
    form = {"verb": "approve", "revision": "1"}
    assert client.post(f"/decide/{secret}", data=form).status_code == 400  # no CSRF token
    assert state(app, clock, world) == "requested 1"
    assert client.submit(f"/decide/{secret}", form).status_code == 200
    assert state(app, clock, world) == "confirmed 1"
    assert client.submit(f"/decide/{secret}", form).status_code == 410
    assert client.get(f"/decide/{secret}").status_code == 410
    assert client.get("/decide/nobody").status_code == 410


def test_to_decline_needs_a_reason(app, client, world, clock):
    secret = asked(app, world, clock)
    form = {"verb": "decline", "revision": "1"}
    assert client.submit(f"/decide/{secret}", form).status_code == 400
    stale = client.submit(f"/decide/{secret}", {**form, "reason": "Non", "revision": "7"})
    assert stale.status_code == 412
    assert "Non" in stale.get_data(as_text=True)  # what was typed is not thrown away
    assert client.submit(f"/decide/{secret}", {**form, "reason": "Non"}).status_code == 200
    assert state(app, clock, world) == "declined"


def test_an_administrator_sees_what_could_not_be_told(app, client, world, clock, monkeypatch):
    def broken(*_):
        raise KeyError("Bobine 1")

    with app.app_context():
        Desk(app, world, clock).book("producer", "M-ET1", "18T09:00", "18T13:00", title="Bobine 1")
        with monkeypatch.context() as now:
            now.setattr(outbox, "render", broken)
            assert tell(clock.now, HEAD) == 0
    client.set_cookie("locale", "en")
    client.sign_in("admin@pil.example")
    assert "/mails/untold" in client.get("/mails").text
    page = client.get("/mails/untold").text
    assert "KeyError" in page
    assert "Bobine 1" not in page
    assert "1 attempt, next on" in page
    retry = re.search(r'action="(/mails/untold/\d+/retry)"', page)[1]
    assert client.submit(retry).location == "/mails/untold"
    with app.app_context():
        assert tell(clock.now, HEAD) == 1
    assert "Everything was told" in client.get("/mails/untold").text
    assert client.submit(retry).status_code == 404


def test_people_choose_what_they_want_mails_about(app, client, world):
    client.sign_in("manager@pil.example")
    page = client.get("/account").get_data(as_text=True)
    assert 'name="requests"' in page
    client.submit("/account/mails", {"reminders": "y", "calendar": "y", "requests": "daily"})
    user = world.users["manager@pil.example"]
    with app.app_context():
        assert choices.of({user})[user] == Choices(
            decisions=False, options=False, calendar=True, requests=Requests.DAILY
        )


def test_who_decides_about_nothing_is_not_asked_about_requests(app, client, world):
    client.sign_in("producer@blf.example")
    assert 'name="requests"' not in client.get("/account").get_data(as_text=True)
    form = {"decisions": "y", "requests": "none"}
    assert client.submit("/account/mails", form).status_code == 303
    user = world.users["producer@blf.example"]
    with app.app_context():
        found = choices.of({user})[user]
    assert (found.decisions, found.options, found.requests) == (True, False, Requests.EACH)


def test_an_administrator_tries_again_or_drops_what_was_set_aside(app, client, world, clock):
    asked(app, world, clock)
    with app.app_context():
        mail = db.session.scalars(select(OutboxMessage)).one()
        mail.attempts, mail.error = MOST_ATTEMPTS, "SMTPDataError: (550, b'no such person')"
        key = mail.id
        db.session.commit()
    client.sign_in("admin@pil.example")
    page = client.get("/mails?state=set_aside").get_data(as_text=True)
    assert "no such person" in page
    assert client.submit(f"/mails/{key}/retry").status_code == 303
    assert "no such person" not in client.get("/mails?state=set_aside").get_data(as_text=True)
    assert client.submit(f"/mails/{key}/drop").status_code == 303
    assert client.submit(f"/mails/{key}/drop").status_code == 404


def test_the_demonstration_shows_what_its_mails_say(app, client, world, clock):
    asked(app, world, clock)
    client.sign_in("admin@pil.example")
    assert "Bobine 1" in client.get("/mails/1").get_data(as_text=True)
    app.config["DEMO"] = False
    try:
        assert client.get("/mails/1").status_code == 404
        assert "Bobine 1" not in client.get("/mails").get_data(as_text=True)
    finally:
        app.config["DEMO"] = True
