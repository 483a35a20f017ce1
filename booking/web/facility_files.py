"""Photos and documents of a facility, and its technical sheet."""

from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from booking.facilities import queries as facilities
from booking.facilities.actions.facilities import editable
from booking.facilities.files import actions, queries
from booking.facilities.values import FacilityFacts
from booking.kernel import clock
from booking.kernel.errors import Invalid, NotFound
from booking.web.facilities import find, may_edit, rules_of
from booking.web.forms.files import DocumentForm, PhotosForm
from booking.web.guard import current_actor, requires
from booking.web.intake import MIB, takes
from booking.wording import dates
from booking.wording import facilities as words

Answer = str | Response | tuple[str, int]

bp = Blueprint("files", __name__)

MOST_BYTES = 24 * MIB
ONE_YEAR_S = 365 * 24 * 3600
SIZES = {"small": False, "large": True}


# ---- looking after them ---------------------------------------------------------------------


@bp.get("/<code>/files")
@requires("facility:edit")
def index(code: str) -> Answer:
    return _page(_mine(code), PhotosForm(None), DocumentForm(None))


@bp.post("/<code>/photos")
@requires("facility:edit")
@takes(MOST_BYTES)
def add_photos(code: str) -> Answer:
    facility, form = _mine(code), PhotosForm()
    if form.validate_on_submit():
        try:
            actions.add_photos(
                current_actor(), facility.id, form.files, form.caption.data, clock.now()
            )
            flash(_("Everybody sees it now."), "good")
            return redirect(url_for(".index", code=code), 303)
        except Invalid as error:
            form.blame(error)
    return _page(facility, form, DocumentForm(None)), 400


@bp.post("/<code>/documents")
@requires("facility:edit")
@takes(MOST_BYTES)
def add_document(code: str) -> Answer:
    facility, form = _mine(code), DocumentForm()
    if form.validate_on_submit():
        try:
            actions.add_document(
                current_actor(), facility.id, form.content, form.called, clock.now()
            )
            flash(_("Everybody sees it now."), "good")
            return redirect(url_for(".index", code=code), 303)
        except Invalid as error:
            form.blame(error)
    return _page(facility, PhotosForm(None), form), 400


@bp.post("/<code>/photos/<int:photo_id>/first")
@requires("facility:edit")
def put_first(code: str, photo_id: int) -> Response:
    actions.put_first(current_actor(), _mine(code).id, photo_id, clock.now())
    return redirect(url_for(".index", code=code), 303)


@bp.post("/<code>/photos/<int:photo_id>/remove")
@requires("facility:edit")
def remove_photo(code: str, photo_id: int) -> Response:
    actions.remove_photo(current_actor(), _mine(code).id, photo_id, clock.now())
    flash(_("The photo is gone. You can still put it back, at the end of this page."), "good")
    return redirect(url_for(".index", code=code), 303)


@bp.post("/<code>/photos/<int:photo_id>/restore")
@requires("facility:edit")
def restore_photo(code: str, photo_id: int) -> Answer:
    facility = _mine(code)
    try:
        actions.restore_photo(current_actor(), facility.id, photo_id, clock.now())
    except Invalid as error:
        form = PhotosForm(None)
        form.blame(error)
        return _page(facility, form, DocumentForm(None)), 409
    flash(_("The photo is back."), "good")
    return redirect(url_for(".index", code=code), 303)


@bp.post("/<code>/documents/<int:document_id>/remove")
@requires("facility:edit")
def remove_document(code: str, document_id: int) -> Response:
    actions.remove_document(current_actor(), _mine(code).id, document_id, clock.now())
    flash(_("The document is gone. You can still put it back, at the end of this page."), "good")
    return redirect(url_for(".index", code=code), 303)


@bp.post("/<code>/documents/<int:document_id>/restore")
@requires("facility:edit")
def restore_document(code: str, document_id: int) -> Answer:
    facility = _mine(code)
    try:
        actions.restore_document(current_actor(), facility.id, document_id, clock.now())
    except Invalid as error:
        form = DocumentForm(None)
        form.blame(error)
        return _page(facility, PhotosForm(None), form), 409
    flash(_("The document is back."), "good")
    return redirect(url_for(".index", code=code), 303)


def _page(facility: FacilityFacts, photos: PhotosForm, document: DocumentForm) -> str:
    return render_template(
        "facilities/files.html",
        facility=facility,
        photos=queries.photos(facility.id),
        documents=queries.documents(facility.id),
        removed_photos=queries.removed_photos(facility.id),
        removed_documents=queries.removed_documents(facility.id),
        stays=actions.STAYS.days,
        photos_form=photos,
        document_form=document,
    )


def _mine(code: str) -> FacilityFacts:
    """The facility of an address, for whoever may edit it. Raises NotFound or Forbidden."""
    return editable(current_actor(), find(code).id)


# ---- looking at them ------------------------------------------------------------------------


@bp.get("/<code>/photos/<int:photo_id>/<size>-<digest>.webp")
@requires("facility:see")
def photo(code: str, photo_id: int, size: str, digest: str) -> Response:
    """A picture; the address changes with it, so that browsers keep it for a year."""
    if size not in SIZES:
        raise NotFound
    facility = find(code)
    removed = may_edit(current_actor(), facility)
    content = queries.photo_bytes(facility.id, photo_id, digest, large=SIZES[size], removed=removed)
    if content is None:
        raise NotFound
    answer = Response(content, mimetype="image/webp")
    answer.headers["Cache-Control"] = f"private, max-age={ONE_YEAR_S}, immutable"
    return answer


@bp.get("/<code>/documents/<int:document_id>.pdf")
@requires("facility:see")
def document(code: str, document_id: int) -> Response:
    """A PDF, to be kept rather than shown: it came from somebody's machine."""
    found = queries.document(find(code).id, document_id)
    if found is None:
        raise NotFound
    name = f"{code} {found.name}.pdf"
    return send_file(
        BytesIO(found.content), "application/pdf", as_attachment=True, download_name=name
    )


@bp.get("/<code>/technical-sheet")
@requires("facility:see")
def technical_sheet(code: str) -> str:
    """All that one has to know of a facility, on paper."""
    facility = find(code)
    return render_template(
        "facilities/technical_sheet.html",
        facility=facility,
        details=facilities.details(facility.id),
        attributes=facilities.attributes((facility.id,))[facility.id],
        photos=queries.photos(facility.id)[:1],
        documents=queries.documents(facility.id),
        rules=rules_of(facility, dates.today(facility.time_zone)),
        printed=clock.now(),
        words=words,
    )
