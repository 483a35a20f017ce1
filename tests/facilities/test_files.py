"""Photos and documents: read once, made small, stripped of what nobody should know."""

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from booking.facilities.files import actions, queries
from booking.facilities.files.models import FacilityDocument, FacilityPhoto
from booking.facilities.files.pictures import LARGE_PX, SMALL_PX, picture
from booking.kernel import clock
from booking.kernel.errors import Forbidden, Invalid, NotFound
from tests.support.pictures import PDF, photo

MANAGER, OTHER, ADMIN = "manager@pil.example", "manager-n@pil.example", "admin@pil.example"


@pytest.fixture
def room(app, world):
    with app.app_context():
        yield world.facilities["M-ET1"]


def refused(work, *args, **kwargs) -> list[str]:
    with pytest.raises(Invalid) as caught:
        work(*args, **kwargs)
    return [f"{each.path} {each.code}" for each in caught.value.fields]


# ---- pictures -------------------------------------------------------------------------------


@pytest.mark.one_engine
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_photos_come_in_two_sizes_of_one_kind(kind):
    made = picture(photo(3000, 2000, kind))
    assert (made.width, made.height) == (LARGE_PX, 1067)
    small = Image.open(BytesIO(made.small))
    assert (small.format, small.size) == ("WEBP", (SMALL_PX, 320))


@pytest.mark.one_engine
def test_what_a_camera_wrote_down_does_not_come_along():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x013B] = "Camille Laurent"
    exif.get_ifd(0x8825)[1] = "N"
    made = picture(photo(900, 600, exif=exif))
    large = Image.open(BytesIO(made.large))
    assert large.size == (600, 900), "it is the right way up"
    assert not large.getexif()
    assert b"Camille" not in made.large + made.small


@pytest.mark.one_engine
@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK"])
def test_photos_come_in_every_mode_that_files_have(mode):
    out, whole = BytesIO(), Image.new("RGB", (2000, 1000), (250, 250, 250))
    whole.convert(mode).save(out, "JPEG" if mode == "CMYK" else "PNG")
    shown = Image.open(BytesIO(picture(out.getvalue()).large))
    assert (shown.mode, shown.size) == ("RGB", (LARGE_PX, 800))
    assert min(shown.getpixel((800, 400))) > 230


@pytest.mark.one_engine
def test_what_is_transparent_becomes_white():
    out = BytesIO()
    Image.new("RGBA", (300, 300), (0, 0, 0, 0)).save(out, "PNG")
    shown = Image.open(BytesIO(picture(out.getvalue()).large)).convert("RGB")
    assert min(shown.getpixel((150, 150))) > 250


def bomb() -> bytes:
    """A small file of 400 million pixels."""
    out = BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.one_engine
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_a_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "not_a_picture"),
        (photo(900, 600)[:500], "not_a_picture"),
        (photo(900, 600, "PNG")[:-2000], "not_a_picture"),
        (b"GIF89a" + bytes(500), "not_a_picture"),
        (PDF, "not_a_picture"),
        (photo(199, 900), "picture_too_small"),
        (bomb(), "picture_too_large"),
    ],
    ids=["empty", "svg", "cut", "cut png", "gif", "pdf", "small", "bomb"],
)
def test_what_is_no_photo_is_refused(content, code):
    assert refused(picture, content) == [f"photo {code}"]


# ---- of a facility --------------------------------------------------------------------------


def test_the_first_one_stands_for_the_facility(world, room):
    manager = world.actor(MANAGER)
    actions.add_photos(manager, room, [photo(600, 400), photo(400, 600)], " La salle ", clock.now())
    first, second = queries.photos(room)
    assert (first.caption, second.width) == ("La salle", 400)
    actions.put_first(manager, room, second.id, clock.now())
    assert [one.id for one in queries.photos(room)] == [second.id, first.id]
    assert queries.covers([room, world.facilities["M-CIN"]]) == {room: second}
    actions.remove_photo(manager, room, second.id, clock.now())
    assert queries.photos(room) == [first]
    large = queries.photo_bytes(room, first.id, first.digest, large=True)
    assert large
    assert large[8:12] == b"WEBP"
    assert (
        queries.photo_bytes(world.facilities["M-CIN"], first.id, first.digest, large=True) is None
    )
    assert queries.photo_bytes(room, first.id, second.digest, large=True) is None


def test_documents_by_their_title(world, room):
    manager = world.actor(MANAGER)
    for title in ("Plan", "Liste du matériel"):
        key = actions.add_document(manager, room, PDF, title, clock.now())
    assert [one.title for one in queries.documents(room)] == ["Liste du matériel", "Plan"]
    found = queries.document(room, key)
    assert found == ("Liste du matériel", PDF)
    assert queries.document(world.facilities["M-CIN"], key) is None
    actions.remove_document(manager, room, key, clock.now())
    assert [one.title for one in queries.documents(room)] == ["Plan"]
    with pytest.raises(NotFound):
        actions.remove_document(manager, room, key, clock.now())


def test_what_was_taken_away_comes_back_where_it_stood(world, room):
    manager, now = world.actor(MANAGER), clock.now()
    actions.add_photos(manager, room, [photo(600, 400), photo(400, 600)], "La salle", now)
    first, second = queries.photos(room)
    key = actions.add_document(manager, room, PDF, "Plan", now)
    actions.remove_photo(manager, room, first.id, now)
    actions.remove_document(manager, room, key, now)
    assert [one.id for one in queries.removed_photos(room)] == [first.id]
    assert [(one.title, one.removed_at) for one in queries.removed_documents(room)] == [
        ("Plan", now)
    ]
    assert queries.document(room, key) is None
    assert queries.covers([room]) == {room: second}
    assert queries.photo_bytes(room, first.id, first.digest, large=True) is None
    for work in (actions.remove_photo, actions.put_first):
        with pytest.raises(NotFound):
            work(manager, room, first.id, now)
    actions.restore_photo(manager, room, first.id, now)
    actions.restore_document(manager, room, key, now)
    assert queries.photos(room) == [first, second]
    assert [one.title for one in queries.documents(room)] == ["Plan"]
    assert queries.removed_photos(room) == queries.removed_documents(room) == []
    actions.restore_photo(manager, room, first.id, now)  # from another tab: nothing to do
    assert queries.photos(room) == [first, second]
    with pytest.raises(NotFound):
        actions.restore_photo(manager, world.facilities["M-CIN"], first.id, now)


def test_what_comes_back_needs_room_too(world, room, monkeypatch):
    manager, now = world.actor(MANAGER), clock.now()
    actions.add_photos(manager, room, [photo(300, 300)], "La salle", now)
    (gone,) = queries.photos(room)
    actions.remove_photo(manager, room, gone.id, now)
    monkeypatch.setitem(actions.MOST, FacilityPhoto, ("photo", 1))
    actions.add_photos(manager, room, [photo(300, 300)], "La salle", now)
    assert refused(actions.restore_photo, manager, room, gone.id, now) == ["photo too_many_files"]


def test_a_month_later_it_is_gone_for_good(world, room):
    manager, now = world.actor(MANAGER), clock.now()
    actions.add_photos(manager, room, [photo(300, 300)], "La salle", now)
    (gone,) = queries.photos(room)
    actions.remove_photo(manager, room, gone.id, now)
    key = actions.add_document(manager, room, PDF, "Plan", now)
    actions.remove_document(manager, room, key, now + timedelta(days=1))
    actions.tidy(now + timedelta(days=30))
    assert len(queries.removed_photos(room)) == 1
    actions.tidy(now + timedelta(days=30, seconds=1))
    assert queries.removed_photos(room) == []
    assert len(queries.removed_documents(room)) == 1


def test_what_is_wrong_is_named(world, room, monkeypatch):
    manager, now = world.actor(MANAGER), clock.now()
    good = photo(300, 300)
    assert refused(actions.add_photos, manager, room, [], "", now) == [
        "caption required",
        "photo required",
    ]
    assert refused(actions.add_photos, manager, room, [good, b"x"], "Salle", now) == [
        "photo not_a_picture"
    ]
    assert queries.photos(room) == [], "all or none"
    assert refused(actions.add_document, manager, room, b"", "", now) == [
        "title required",
        "document required",
    ]
    assert refused(actions.add_document, manager, room, good, "Plan", now) == ["document not_a_pdf"]
    monkeypatch.setitem(actions.MOST, FacilityPhoto, ("photo", 1))
    monkeypatch.setitem(actions.MOST, FacilityDocument, ("document", 0))
    assert refused(actions.add_photos, manager, room, [good, good], "Salle", now) == [
        "photo too_many_files"
    ]
    assert refused(actions.add_document, manager, room, PDF, "P", now) == [
        "document too_many_files"
    ]


def test_only_who_looks_after_it(world, room):
    for email in (OTHER, "producer@blf.example", "board@pil.example"):
        actor = world.actor(email)
        with pytest.raises(Forbidden):
            actions.add_photos(actor, room, [photo(300, 300)], "Salle", clock.now())
        with pytest.raises(Forbidden):
            actions.add_document(actor, room, PDF, "Plan", clock.now())
    actions.add_photos(world.actor(ADMIN), room, [photo(300, 300)], "Salle", clock.now())
    (kept,) = queries.photos(room)
    for work in (actions.put_first, actions.remove_photo, actions.restore_photo):
        with pytest.raises(Forbidden):
            work(world.actor(OTHER), room, kept.id, clock.now())
