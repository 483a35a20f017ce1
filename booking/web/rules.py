"""Rules of a kind and of a facility: what they say, from when until when."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from booking.core.rules.settable import SETTABLE
from booking.facilities import policy, queries
from booking.facilities.actions.facilities import editable as editable_facility
from booking.facilities.actions.rules import RuleChange, editable
from booking.facilities.values import FacilityFacts, KindFacts, RuleFacts
from booking.kernel import clock
from booking.kernel.errors import Invalid, NotFound, Stale
from booking.reservations.actions import ruling
from booking.web.facilities import find
from booking.web.forms.rules import RuleForm, rule_form
from booking.web.guard import current_actor, requires
from booking.wording import dates, http
from booking.wording import rules as words
from booking.wording.messages import sentence

Answer = str | Response | tuple[str, int]

bp = Blueprint("rules", __name__)


@dataclass(frozen=True, slots=True)
class Target:
    """What rules are set for: a facility, or all facilities of a kind."""

    kind: KindFacts
    facility: FacilityFacts | None = None

    @property
    def name(self) -> str:
        """As the reader calls it."""
        named = self.facility or self.kind
        return named.name_in(str(get_locale()))

    @property
    def page(self) -> str:
        """Where everything else about it is."""
        if self.facility is None:
            return url_for("facilities.kinds.edit", code=self.kind.code)
        return url_for("facilities.show", code=self.facility.code)

    @property
    def home(self) -> str:
        """Where its rules are listed."""
        if self.facility is None:
            return url_for("facilities.rules.of_kind", kind=self.kind.code)
        return url_for("facilities.rules.of_facility", code=self.facility.code)

    def adding(self, rule: str) -> str:
        """Where one of its rules is added."""
        if self.facility is None:
            return url_for("facilities.rules.add_to_kind", kind=self.kind.code, rule=rule)
        return url_for("facilities.rules.add", code=self.facility.code, rule=rule)

    def settable(self) -> list[str]:
        """The rules that can be set for it."""
        of_kind = self.facility is None
        return [rule for rule, known in SETTABLE.items() if of_kind or not known.kinds_only]


@bp.get("/<code>/rules")
@requires("rule:edit")
def of_facility(code: str) -> Answer:
    target = _facility(code)
    assert target.facility is not None
    in_force = policy.in_force(target.facility, _today(target.facility))
    inherited = [said for said in in_force.values() if said.kind_id is not None]
    return _list_page(target, policy.of_facility(target.facility.id), inherited)


@bp.get("/kinds/<kind>/rules")
@requires("facility:create")
def of_kind(kind: str) -> Answer:
    target = _kind(kind)
    return _list_page(target, policy.of_kind(target.kind.id))


@bp.route("/<code>/rules/new/<rule>", methods=["GET", "POST"])
@requires("rule:edit")
def add(code: str, rule: str) -> Answer:
    return _add(_facility(code), rule)


@bp.route("/kinds/<kind>/rules/new/<rule>", methods=["GET", "POST"])
@requires("facility:create")
def add_to_kind(kind: str, rule: str) -> Answer:
    return _add(_kind(kind), rule)


@bp.route("/rules/<int:setting_id>", methods=["GET", "POST"])
@requires("rule:edit")
def change(setting_id: int) -> Answer:
    setting = editable(current_actor(), setting_id)
    target = _target_of(setting)
    form = rule_form(setting.rule, _choices(target), setting)
    return _form_page(
        target,
        form,
        lambda said: ruling.change_rule(
            current_actor(), setting_id, said, clock.now(), revision=form.seen()
        ),
        setting_id,
    )


@bp.post("/rules/<int:setting_id>/end")
@requires("rule:edit")
def end(setting_id: int) -> Response:
    target = _target_of(editable(current_actor(), setting_id))
    seen, today = request.form.get("revision", type=int), _today(target.facility)
    try:
        ruling.end_rule(current_actor(), setting_id, today, clock.now(), revision=seen)
        flash(_("This rule does not apply any more."), "good")
    except Stale as error:
        flash(sentence(error), "bad")
    return redirect(target.home, 303)


def _add(target: Target, rule: str) -> Answer:
    if rule not in target.settable():
        raise NotFound
    ids = (
        {"kind_id": target.kind.id}
        if target.facility is None
        else {"facility_id": target.facility.id}
    )
    return _form_page(
        target,
        rule_form(rule, _choices(target)),
        lambda said: ruling.add_rule(current_actor(), rule, said, clock.now(), **ids),
    )


def _form_page(
    target: Target,
    form: RuleForm,
    save: Callable[[RuleChange], object],
    setting_id: int | None = None,
) -> Answer:
    status = 200
    if form.validate_on_submit():
        try:
            save(form.change())
            flash(_("Saved."), "good")
            return redirect(target.home, 303)
        except Invalid as error:
            form.blame(error)
        except Stale as error:
            form.show_current(editable(current_actor(), setting_id or 0))
            status = http.status(error)
    page = render_template(
        "facilities/rule_form.html",
        form=form,
        target=target,
        known=SETTABLE[form.rule],
        words=words,
    )
    return page, status if status > 200 or not form.errors else 400


def _list_page(
    target: Target, settings: Iterable[RuleFacts], inherited: Iterable[RuleFacts] = ()
) -> str:
    return render_template(
        "facilities/rules.html",
        target=target,
        listed=sorted(settings, key=_place),
        inherited=inherited,
        today=_today(target.facility),
        words=words,
    )


def _place(setting: RuleFacts) -> tuple[int, date, int]:
    """By rule, then by first day."""
    return list(SETTABLE).index(setting.rule), setting.valid_from or date.min, setting.id


def _today(facility: FacilityFacts | None) -> date:
    zone = facility.time_zone if facility else dates.HOUSE_ZONE
    return dates.today(zone)


def _facility(code: str) -> Target:
    """Raises NotFound, or Forbidden where the caller does not decide."""
    facility = editable_facility(current_actor(), find(code).id)
    return Target(_kind(facility.kind_code).kind, facility)


def _kind(code: str) -> Target:
    found = next((kind for kind in queries.kinds() if kind.code == code), None)
    if found is None:
        raise NotFound
    return Target(found)


def _target_of(setting: RuleFacts) -> Target:
    facility = queries.by_ids([setting.facility_id or 0]).get(setting.facility_id or 0)
    kind_id = facility.kind_id if facility else setting.kind_id
    return Target(next(k for k in queries.kinds() if k.id == kind_id), facility)


def _choices(target: Target) -> dict[str, str]:
    """Facilities that a rule can name, by code."""
    locale = str(get_locale())
    return {f.code: f.name_in(locale) for f in queries.catalogue() if f != target.facility}
