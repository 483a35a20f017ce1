"""Photos and documents on the pages: added by a form, seen by everybody who books."""

from io import BytesIO

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from booking.facilities.files import actions, queries
from booking.facilities.files.models import FacilityPhoto
from booking.web.intake import MIB
from tests.support.client import Browser
from tests.support.pictures import PDF, photo
from tests.support.statements import statements

PATH = "/facilities/M-ET1"


@pytest.fixture
def manager(client: Browser) -> Browser:
    client.sign_in("manager@pil.example")
    return client


def send(browser: Browser, path: str, **fields: object) -> TestResponse:
    """A form with files, encoded in memory: Werkzeug forgets to close its own large ones."""
    boundary, body = encode_multipart({"csrf_token": browser.csrf_token(), **fields})
    kind = f'multipart/form-data; boundary="{boundary}"'
    return browser.post(PATH + path, data=body, content_type=kind)


def add_photo(browser: Browser, content: bytes, caption: str = "La salle vue du fond"):
    return send(
        browser, "/photos", photo=FileStorage(BytesIO(content), "IMG_0042.jpg"), caption=caption
    )


def add_document(browser: Browser, content: bytes, title: str = "", name: str = "Plan 1-50.pdf"):
    return send(browser, "/documents", document=FileStorage(BytesIO(content), name), title=title)


def test_a_photo_is_seen_on_the_page_in_the_list_and_on_the_sheet(app, world, manager):
    assert add_photo(manager, photo(2400, 1600)).status_code == 303
    with app.app_context():
        (kept,) = queries.photos(world.facilities["M-ET1"])
    address = f"{PATH}/photos/{kept.id}/large-{kept.digest}.webp"
    for page in (PATH, f"{PATH}/technical-sheet"):
        assert address in manager.get(page).text
    assert address.replace("large", "small") in manager.get("/facilities").text
    shown = manager.get(address)
    assert (shown.mimetype, shown.headers["Cache-Control"]) == (
        "image/webp",
        "private, max-age=31536000, immutable",
    )
    assert manager.get(address.replace("large", "huge")).status_code == 404
    assert manager.get(address.replace(kept.digest, "0" * 64)).status_code == 404


def test_several_photos_at_once(app, world, manager):
    chosen = [FileStorage(BytesIO(photo(400, 300)), f"{n}.jpg") for n in range(3)]
    assert send(manager, "/photos", photo=chosen, caption="La salle").status_code == 303
    with app.app_context():
        assert len(queries.photos(world.facilities["M-ET1"])) == 3


def test_a_document_is_kept_rather_than_shown(manager):
    assert add_document(manager, PDF).status_code == 303
    page = manager.get(PATH).text
    assert "Plan 1-50" in page, "without a title it is called as its file is"
    address = page.split('href="' + PATH + "/documents/")[1].split('"')[0]
    sent = manager.get(f"{PATH}/documents/{address}")
    assert (sent.mimetype, sent.data) == ("application/pdf", PDF)
    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert sent.headers["X-Content-Type-Options"] == "nosniff"


def test_what_is_wrong_is_said_at_its_field_and_the_words_stay(manager):
    answer = add_photo(manager, b"no photo", caption="Vue <de> dos")
    assert answer.status_code == 400
    assert "Vue &lt;de&gt; dos" in answer.text
    assert 'id="photo-error"' in answer.text
    answer = add_document(manager, b"MZ...", title="Plan")
    assert answer.status_code == 400
    assert 'id="document-error"' in answer.text


def test_files_of_more_than_a_megabyte_come_from_whoever_signed_in(app, manager):
    large = PDF + bytes(3 * MIB)
    assert add_document(manager, large, title="Gros plan").status_code == 303
    assert add_document(manager, PDF + bytes(25 * MIB)).status_code == 413
    assert add_document(app.test_client(), large).status_code == 413
    assert manager.post("/imports", data={"content": "x" * 2 * MIB}).status_code == 413


def test_who_does_not_look_after_it_sees_and_changes_nothing(app, world, manager, client):
    add_photo(manager, photo(400, 300))
    add_document(manager, PDF)
    with app.app_context():
        (kept,) = queries.photos(world.facilities["M-ET1"])
    other = app.test_client()
    other.sign_in("producer@blf.example")
    assert f"/photos/{kept.id}/" in other.get(PATH).text
    assert other.get(f"{PATH}/files").status_code == 403
    for deed in ("first", "remove"):
        assert other.submit(f"{PATH}/photos/{kept.id}/{deed}").status_code == 403
    stranger = app.test_client()
    address = f"{PATH}/photos/{kept.id}/small-{kept.digest}.webp"
    assert stranger.get(address).status_code == 303, "only members see the house from inside"


def test_a_click_takes_a_removal_back(app, world, manager):
    add_photo(manager, photo(400, 300))
    add_document(manager, PDF, title="Plan")
    room = world.facilities["M-ET1"]
    with app.app_context():
        (kept,) = queries.photos(room)
        (plan,) = queries.documents(room)
    manager.submit(f"{PATH}/photos/{kept.id}/remove")
    manager.submit(f"{PATH}/documents/{plan.id}/remove")
    page = manager.get(f"{PATH}/files").text
    assert page.index('id="removed"') < page.index(f"{PATH}/photos/{kept.id}/restore")
    picture = f"{PATH}/photos/{kept.id}/small-{kept.digest}.webp"
    assert manager.get(picture).status_code == 200
    other = app.test_client()
    other.sign_in("producer@blf.example")
    assert other.get(picture).status_code == 404
    assert other.get(f"{PATH}/documents/{plan.id}.pdf").status_code == 404
    assert f"/photos/{kept.id}/" not in other.get(PATH).text
    assert other.submit(f"{PATH}/photos/{kept.id}/restore").status_code == 403
    for kind, key in (("photos", kept.id), ("documents", plan.id)):
        answer = manager.submit(f"{PATH}/{kind}/{key}/restore")
        assert (answer.status_code, answer.location) == (303, f"{PATH}/files")
    assert 'id="removed"' not in manager.get(f"{PATH}/files").text
    assert other.get(picture).status_code == 200


def test_there_is_no_way_back_into_a_full_room(app, world, manager, monkeypatch):
    add_photo(manager, photo(400, 300))
    with app.app_context():
        (kept,) = queries.photos(world.facilities["M-ET1"])
    manager.submit(f"{PATH}/photos/{kept.id}/remove")
    monkeypatch.setitem(actions.MOST, FacilityPhoto, ("photo", 0))
    answer = manager.submit(f"{PATH}/photos/{kept.id}/restore")
    assert answer.status_code == 409
    assert 'id="photo-error"' in answer.text


def test_one_more_statement_each_however_many_photos(app, manager):
    add_photo(manager, photo(400, 300))
    counts = []
    for _ in range(2):
        manager.get("/facilities")
        with statements(app) as sent:
            manager.get("/facilities")
        counts.append(len(sent))
        add_photo(manager, photo(400, 300))
    assert counts[0] == counts[1]
