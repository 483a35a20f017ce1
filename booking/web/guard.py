"""Who may see which page: every view declares it, nothing is shown without.

A view carries `@requires("planning:see")` or `@public`; both only set `view.permission`. The doors
of `OTHER_DOORS` mark their views in the same way and enforce it themselves, since what they answer
is not a page. `flask_login.current_user.actor` is the signed-in Actor for them too.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from booking.core.access import GRANTS, Actor, allowed
from booking.kernel.errors import Forbidden

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
OTHER_DOORS = frozenset({"api", "feeds"})
"""Names of blueprints that enforce the permissions of their views themselves."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Unmarked(Exception):
    """A view that does not say who may see it is not shown to anybody."""


def requires(permission: str) -> Callable[[View], View]:
    """Mark a view: for those who hold the permission over anything at all.

    Whether they hold it over the very thing, the action or query decides. Raises KeyError, at
    import, for a permission that `access.GRANTS` does not know.
    """
    GRANTS[permission]

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Mark a view: for everybody, signed in or not."""
    view.permission = PUBLIC  # type: ignore[attr-defined]
    return view


def signed_in() -> Actor | None:
    """The signed-in person, None for a stranger."""
    return getattr(current_user, "actor", None)


def current_actor() -> Actor:
    """The signed-in person; for views that are not public.

    Raises Unauthorized for a stranger.
    """
    actor = signed_in()
    if actor is None:
        raise Unauthorized
    return actor


def permission_of(app: Flask, endpoint: str) -> str:
    """What a view declared. Raises Unmarked if it did not."""
    permission = getattr(app.view_functions[endpoint], "permission", None)
    if permission is None:
        raise Unmarked(endpoint)
    return str(permission)


def register(app: Flask) -> None:
    """Enforce the marks on every request."""
    app.view_functions["static"] = public(app.view_functions["static"])
    app.before_request(_enforce)


def _enforce() -> Response | tuple[str, int, dict[str, str]] | None:
    if request.endpoint is None or request.blueprint in OTHER_DOORS:
        return None
    permission = permission_of(current_app, request.endpoint)
    if permission == PUBLIC:
        return None
    actor = signed_in()
    if actor is None:
        return _ask_to_sign_in()
    if not allowed(actor, permission):
        raise Forbidden
    return None


def _ask_to_sign_in() -> Response | tuple[str, int, dict[str, str]]:
    """A page is asked for again after signing in; what was typed into a form is not thrown away.

    Scripts get 401: a redirect would put the sign-in page into the middle of theirs.
    """
    if request.method in SAFE_METHODS and not is_fragment():
        return redirect(url_for("auth.login", next=request.full_path.removesuffix("?")), 303)
    login = url_for("auth.login")
    return render_template("errors/signed_out.html", login=login), 401, {"HX-Redirect": login}


def is_fragment() -> bool:
    """Whether a script asks for a piece of a page."""
    return "X-Fragment" in request.headers or "HX-Request" in request.headers
