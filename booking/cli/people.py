"""Commands: let a person in, give a program a key."""

import click
from flask.cli import with_appcontext

from booking.cli.words import refusals_in_words
from booking.core.access import Role
from booking.facilities.queries import sites
from booking.kernel import clock
from booking.kernel.errors import Invalid
from booking.kernel.i18n import DEFAULT_LOCALE, LOCALES
from booking.members import actions
from booking.members.actions.companies import CompanyChange
from booking.members.actions.people import NewPerson
from booking.members.passwords import hashed, objection
from booking.members.queries import actor_by_email, company_choices
from booking.members.values import CompanyChoice

ROLES = [role.value for role in Role if role is not Role.REQUESTER]


@click.group()
def user() -> None:
    """People."""


@user.command()
@click.argument("email")
@click.option("--name", required=True, help="As others see it.")
@click.option("--company", required=True, help="Code of the company.")
@click.option("--company-name", help="Make the company, under this name, if it is new.")
@click.option("--role", "roles", type=click.Choice(ROLES), multiple=True, help="Besides booking.")
@click.option("--site", help="Code of the site that a facility manager decides about.")
@click.option("--locale", type=click.Choice(list(LOCALES)), default=DEFAULT_LOCALE)
@click.password_option(help="Asked for, unseen, when it is not given.")
@with_appcontext
@refusals_in_words
def create(
    email: str,
    name: str,
    company: str,
    company_name: str | None,
    roles: tuple[str, ...],
    site: str | None,
    locale: str,
    password: str,
) -> None:
    """Let a person in, such as the first administrator of a new installation."""
    if wrong := objection(password, (name, email, company_name or _company_name(company))):
        raise Invalid(wrong)
    places = {role: _site_id(site) if _needs_site(role) else None for role in roles}
    person = NewPerson(
        email=email, name=name, company_id=_company_id(company, company_name), locale=locale
    )
    user_id = actions.create_user(person, clock.now(), password_hash=hashed(password))
    for role, site_id in places.items():
        actions.grant_role(None, user_id, Role(role), clock.now(), site_id=site_id)
    click.echo(f"{email.lower()} can log in.")


@click.group()
def token() -> None:
    """Keys of programs."""


@token.command("create")
@click.argument("email")
@click.option("--name", required=True, help="What the key is for.")
@with_appcontext
@refusals_in_words
def create_token(email: str, name: str) -> None:
    """Print a new key that acts as a person; it is not shown again."""
    actor = actor_by_email(email)
    if actor is None:
        raise click.ClickException(f"Nobody here has the address {email}.")
    _, secret = actions.create_api_token(actor, name, clock.now())
    click.echo(secret)


def _company(code: str) -> CompanyChoice | None:
    return next((known for known in company_choices() if known.code == code.upper()), None)


def _company_name(code: str) -> str:
    known = _company(code)
    return known.name if known else code


def _company_id(code: str, new_name: str | None) -> int:
    known = _company(code)
    if known is not None:
        return known.id
    if new_name is None:
        raise click.ClickException(f"There is no company {code}: --company-name makes it.")
    return actions.create_company(None, code.upper(), CompanyChange(name=new_name), clock.now())


def _needs_site(role: str) -> bool:
    return role == Role.FACILITY_MANAGER


def _site_id(code: str | None) -> int:
    known = {site.code: site.id for site in sites()}
    if code is None or code.upper() not in known:
        listed = ", ".join(known) or "none yet"
        raise click.ClickException(f"A facility manager needs --site, one of: {listed}.")
    return known[code.upper()]
