"""Delivery: each mail once, again later when it fails, aside in the end."""

import email.policy
import io
import smtplib
import socket
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from email import message_from_bytes

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from booking.kernel.db import db
from booking.kernel.errors import Forbidden, NotFound
from booking.notices import actions, delivery, queries
from booking.notices.delivery import MOST_ATTEMPTS, PostOffice, deliver_due
from booking.notices.models import OutboxMessage
from booking.notices.values import MailState, Recipient

pytestmark = pytest.mark.usefixtures("context")
SITE = "https://booking.pole.example"
CAMILLE = Recipient("producer@blf.example", "Camille Laurent", "fr")


class Inbox:
    """What a mail server received; it answers `answer` to every mail."""

    def __init__(self) -> None:
        self.messages: list[email.message.EmailMessage] = []
        self.recipients: list[str] = []
        self.answer = "250 OK"
        self.port = 0

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            self.messages.append(message_from_bytes(envelope.content, policy=email.policy.default))
            self.recipients += envelope.rcpt_tos
        return self.answer


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    inbox = Inbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        inbox.port = probe.getsockname()[1]
    server = Controller(inbox, hostname="127.0.0.1", port=inbox.port)
    server.start()
    yield inbox
    server.stop()


@pytest.fixture
def office(inbox):
    return PostOffice(f"smtp://127.0.0.1:{inbox.port}", "Réservations <booking@pole.example>")


def write(clock, to=CAMILLE):
    actions.queue("password_changed", to, {"at": clock.now}, site_url=SITE, now=clock.now)


def kept():
    db.session.expire_all()
    return db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()


def test_a_due_mail_is_sent_once_over_smtp(clock, inbox, office):
    write(clock)
    assert deliver_due(clock.now, office) == 1
    assert deliver_due(clock.now, office) == 0
    [mail] = inbox.messages
    assert inbox.recipients == ["producer@blf.example"]
    assert mail["To"] == "producer@blf.example"
    assert mail["From"] == "Réservations <booking@pole.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    [row] = kept()
    assert mail["Message-ID"] == row.message_id
    assert row.message_id.endswith("@booking.pole.example>")
    assert mail["Subject"] == row.subject
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert "Camille Laurent" in plain.get_content()
    assert "<html" in html.get_content()


def test_a_night_without_a_mail_server_sets_no_mail_aside(clock, inbox, office):
    write(clock)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = PostOffice(f"smtp://127.0.0.1:{closed.getsockname()[1]}", "booking@pole.example")
        for _ in range(600):
            deliver_due(clock.now, nobody)
            clock.advance(minutes=1)
    assert deliver_due(clock.now, office) == 1
    assert kept()[0].error is None


def test_a_connection_that_breaks_costs_one_mail_an_attempt(clock, inbox, office):
    write(clock)
    write(clock)
    inbox.answer = "421 shutting down"
    deliver_due(clock.now, office)
    assert sorted(row.attempts for row in kept()) == [0, 1]


def test_a_mail_set_aside_is_tried_again_or_dropped(clock, world, inbox, office):
    admin = world.actor("admin@pil.example")
    write(clock)
    write(clock)
    for row in kept():
        row.attempts = MOST_ATTEMPTS
    db.session.commit()
    first, second = (row.id for row in kept())
    assert queries.set_aside(admin) == 2
    actions.try_again(admin, first, clock.now)
    actions.drop(admin, second, clock.now)
    assert queries.set_aside(admin) == 0
    assert deliver_due(clock.now, office) == 1
    assert [facts.state for facts in queries.outgoing(admin)] == [
        MailState.DROPPED,
        MailState.SENT,
    ]
    assert kept()[1].text == ""
    for done in (first, second):
        with pytest.raises(NotFound):
            actions.try_again(admin, done, clock.now)
    with pytest.raises(Forbidden):
        actions.drop(world.actor("manager@pil.example"), first, clock.now)


def test_the_demonstration_keeps_what_it_sent_to_be_read(clock, world):
    write(clock)
    deliver_due(clock.now, PostOffice("", "booking@pole.example", demo=True))
    admin = world.actor("admin@pil.example")
    [facts] = queries.outgoing(admin)
    assert "Camille Laurent" in queries.reading(admin, facts.id).text
    with pytest.raises(Forbidden):
        queries.reading(world.actor("manager@pil.example"), facts.id)


def test_what_was_sent_is_not_kept(clock, office):
    write(clock)
    deliver_due(clock.now, office)
    [row] = kept()
    assert (row.sent_at, row.text, row.html, row.error) == (clock.now, "", "", None)


def test_a_refused_mail_is_tried_again_after_1_2_4_minutes(clock, inbox, office):
    write(clock)
    inbox.answer = "451 come back later"
    for minutes in (1, 2, 4):
        assert deliver_due(clock.now, office) == 0
        [row] = kept()
        assert row.due_at == clock.now + timedelta(minutes=minutes)
        assert "come back later" in row.error
        assert deliver_due(row.due_at - timedelta(seconds=1), office) == 0
        clock.move_to(row.due_at)
    inbox.answer = "250 OK"
    assert deliver_due(clock.now, office) == 1


def test_after_eight_attempts_it_stays_aside(clock, world, inbox, office):
    write(clock)
    inbox.answer = "550 no such person"
    for _ in range(MOST_ATTEMPTS):
        deliver_due(clock.now, office)
        clock.move_to(kept()[0].due_at)
    inbox.answer = "250 OK"
    clock.advance(days=30)
    assert deliver_due(clock.now, office) == 0
    [facts] = queries.outgoing(world.actor("admin@pil.example"))
    assert (facts.state, facts.attempts) == (MailState.SET_ASIDE, MOST_ATTEMPTS)


def test_one_bad_mail_does_not_hold_up_the_others(clock, inbox, office):
    write(clock, Recipient("evil@x.example\r\nBcc: all@x.example", "Eve", "fr"))
    write(clock)
    assert deliver_due(clock.now, office) == 1
    assert inbox.recipients == ["producer@blf.example"]
    assert "ValueError" in kept()[0].error


def test_a_server_that_does_not_answer_costs_neither_attempt_nor_mail(clock, inbox):
    write(clock)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        office = PostOffice(f"smtp://127.0.0.1:{closed.getsockname()[1]}", "booking@pole.example")
        assert deliver_due(clock.now, office) == 0
    [row] = kept()
    assert (row.attempts, row.due_at) == (0, clock.now + timedelta(minutes=1))
    assert "ConnectionRefused" in row.error


def test_a_worker_that_dies_leaves_the_mail_to_the_next(clock, monkeypatch, office):
    class Dies:
        def send_message(self, _message):
            raise KeyboardInterrupt

    write(clock)
    monkeypatch.setattr(PostOffice, "open", lambda _self: nullcontext(Dies()))
    with pytest.raises(KeyboardInterrupt):
        deliver_due(clock.now, office)
    monkeypatch.undo()
    assert deliver_due(clock.now, office) == 0
    clock.advance(delivery.LEASE)
    assert deliver_due(clock.now, office) == 1


def test_two_workers_do_not_send_the_same_mail(clock, inbox, office):
    write(clock)
    assert delivery._take(clock.now) is not None
    assert deliver_due(clock.now, office) == 0


def test_the_demonstration_prints_its_mails(clock, capsys):
    write(clock)
    assert deliver_due(clock.now, PostOffice("", "booking@pole.example", demo=True)) == 1
    printed = capsys.readouterr().out
    assert "To: producer@blf.example" in printed
    assert f"{SITE}/forgot" in printed


def test_a_real_system_without_a_mail_server_keeps_its_mails(clock):
    write(clock)
    assert deliver_due(clock.now, PostOffice("", "booking@pole.example")) == 0
    assert kept()[0].attempts == 0


def test_a_mail_is_logged_in_for_with_the_url_decoded(monkeypatch):
    seen = []

    class Server:
        def __init__(self, host, port, **_options):
            seen.append((host, port))

        def __enter__(self):
            return self

        def __exit__(self, *_details):
            pass

        def starttls(self, **_options):
            seen.append("starttls")

        def login(self, user, password):
            seen.append((user, password))

    monkeypatch.setattr(smtplib, "SMTP", Server)
    url = "smtp://me%40pole:p%2Fw@mail.example:587?starttls=1"
    with PostOffice(url, "x@y.example").open():
        pass
    assert seen == [("mail.example", 587), "starttls", ("me@pole", "p/w")]


def test_the_terminal_prints_the_text_part():
    out = io.StringIO()
    message = OutboxMessage(
        message_id="<1@x>",
        recipient="a@b.example",
        subject="Bonjour",
        text="le texte",
        html="<p>le texte</p>",
        created_at=delivery.datetime.fromisoformat("2026-11-16T08:00:00+00:00"),
    )
    delivery.Terminal(out).send_message(delivery.composed(message, "x@y.example"))
    assert "Subject: Bonjour" in out.getvalue()
    assert "<p>" not in out.getvalue()
