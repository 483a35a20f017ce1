"""Members compete: no mail holds a byte of what its reader may not know."""

from booking.facilities.actions import add_closure
from booking.facilities.actions.closures import Closing
from booking.notices.models import OutboxMessage
from booking.reservations import actions
from booking.reservations.actions import Change
from tests.notices.conftest import Post
from tests.reservations.desk import Desk, moment

MARKS = {
    "blf.example": ("Zorgblat", "HERON", "Le Vol du héron", "Camille", "Batte Lune", "PIL-BLF"),
    "gfe.example": ("Kwimbo", "Jonas", "Grain Fin", "PIL-GFE"),
}
"""What only a company's own people and the managers of its rooms may read."""


def leaks(mail: OutboxMessage, numbers: dict[str, str]) -> list[str]:
    """The other company's marks in a mail; numbers of bookings count."""
    house = mail.recipient.partition("@")[2]
    if house not in MARKS:
        return []
    said = " ".join([mail.subject, mail.text, mail.html, mail.calendar or ""])
    others = [word for name, words in MARKS.items() if name != house for word in words]
    theirs = [number for number, owner in numbers.items() if owner != house]
    return [word for word in [*others, *theirs] if word in said]


def test_no_mail_holds_a_byte_of_the_other_company(desk: Desk, post: Post):
    for who in ("producer", "post", "admin@blf.example"):
        post.choose(who, calendar=True)
    mine = {"title": "Zorgblat", "note": "Zorgblat", "production": "HERON"}
    theirs = {"title": "Kwimbo", "note": "Kwimbo"}
    numbers: dict[str, str] = {}

    def book(who: str, *place: str, **more: object) -> str:
        words = mine if who == "producer" else theirs
        number = desk.book(who, *place, **{**words, **more})
        numbers[number] = f"{'blf' if who == 'producer' else 'gfe'}.example"
        return number

    def option(who: str, *place: str) -> str:
        return book(who, *place, hold="option", on_clash="queue")

    def act(who: str, number: str, verb: str) -> None:
        desk.act(who, number, verb, reason="Zorgblat" if who == "producer" else "Kwimbo")
        desk.clock.advance(minutes=1)

    # a challenge that is answered, one that is released, one whose maker is declined
    for day, answer in (("25", "confirm"), ("26", "release"), ("27", "decline")):
        first = option("producer", "M-MI1", f"{day}T09:00", f"{day}T13:00")
        second = option("post", "M-MI1", f"{day}T09:00", f"{day}T13:00")
        act("post", second, "challenge")
        if answer == "decline":
            desk.act("manager", second, "decline", reason="Kwimbo est en retard")
        else:
            act("producer", first, answer)
    # the same place given up, so that who waits moves up; then all of it closed
    first = book("producer", "M-MI2", "25T09:00", "25T13:00")
    book("post", "M-MI2", "25T09:00", "25T13:00", on_clash="queue")
    act("producer", first, "cancel")
    # a swap
    given = book("producer", "M-MI2", "26T09:00", "26T13:00")
    wanted = book("post", "M-MI2", "27T09:00", "27T13:00")
    start = moment("27T09:00").replace(tzinfo=desk.clock.now.tzinfo)
    actions.propose_swap(desk.actor("producer"), given, "M-MI2", start, desk.clock.now)
    actions.accept(desk.actor("post"), wanted, desk.clock.now)
    # a move by the manager, and a closure
    later = Change(start=moment("30T09:00"), end=moment("30T13:00"))
    actions.change(desk.actor("manager"), given, later, desk.clock.advance(minutes=1))
    span = {"start": moment("24T09:00"), "end": moment("30T18:00")}
    add_closure(desk.actor("manager"), Closing(site="M", **span, reason="Panne"), desk.clock.now)
    mails = post.work()
    for hours in (24, 48, 96, 240):
        desk.clock.advance(hours=hours)
        mails += post.work()

    told = {(mail.key or "").partition(":")[0] for mail in mails}
    assert told >= {
        "challenge_answered",
        "challenge_over",
        "challenged",
        "closure",
        "confirmed",
        "declined",
        "moved",
        "offer_accepted",
        "promoted",
        "swap_proposed",
    }
    assert {mail.key: leaks(mail, numbers) for mail in mails if leaks(mail, numbers)} == {}
    assert all("Zorgblat" not in m.subject and "Kwimbo" not in m.subject for m in mails)
