"""Guessing made slow: failures counted for each account and each network, in the database.

An attempt is counted before it is checked, so that a hundred at the same moment are not all let
through; success takes it back. Nobody is ever locked out: the wait ends after fifteen minutes at
most, and whoever is signed in stays so.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from booking.kernel.db import db
from booking.kernel.errors import TooMany
from booking.kernel.transaction import transaction
from booking.members.models import Throttle

FREE_FOR_ACCOUNT = 5
FREE_FOR_NETWORK = 20
"""A whole building shares an address; a guesser's many accounts are still noticed."""
LONGEST_DELAY_S = 15 * 60
FORGOTTEN_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Key:
    """What failures are counted for, and how many cost nothing."""

    name: str
    free: int


def delay_s(failures: int, free: int) -> int:
    """Seconds to wait after so many failures: none, then 1, 2, 4 … at most fifteen minutes."""
    return 0 if failures < free else min(2 ** min(failures - free, 10), LONGEST_DELAY_S)


def account_key(purpose: str, email: str) -> Key:
    """An account by its address, whether it exists or not; the address itself is not kept."""
    digest = hashlib.sha256(email.strip().lower().encode()).hexdigest()[:32]
    return Key(f"{purpose}:account:{digest}", FREE_FOR_ACCOUNT)


def network_key(purpose: str, address: str) -> Key:
    """The /24 or /64 an address is in: what one person can easily move about in."""
    return Key(f"{purpose}:network:{network(address)}", FREE_FOR_NETWORK)


def network(address: str) -> str:
    """The /24 of an IPv4 address, the /64 of an IPv6 one; "unknown" for anything else."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    return str(ip_network(f"{ip}/{24 if ip.version == 4 else 64}", strict=False))


@transaction
def take(keys: Iterable[Key], now: datetime) -> None:
    """Count an attempt for each of the keys, unless one of them must wait.

    Raises TooMany, with the seconds to wait, when one must; then nothing is counted.
    """
    wanted = {key.name: key for key in keys}
    rows = db.session.execute(
        select(Throttle.key, Throttle.failures, Throttle.last_at, Throttle.blocked_until)
        .where(Throttle.key.in_(sorted(wanted)))
        .with_for_update()
    ).all()
    waits = [row.blocked_until - now for row in rows if row.blocked_until > now]
    if waits:
        raise TooMany(retry_after_s=int(max(waits).total_seconds()))
    counted = {row.key: row.failures for row in rows if row.last_at > now - FORGOTTEN_AFTER}
    for name in sorted(wanted):
        _count(wanted[name], counted.get(name, 0) + 1, now)


@transaction
def forgive(account: Key, network: Key) -> None:
    """After success: forget the account's failures, take back the network's one attempt."""
    db.session.execute(delete(Throttle).where(Throttle.key == account.name))
    db.session.execute(
        update(Throttle)
        .where(Throttle.key == network.name, Throttle.failures > 0)
        .values(failures=Throttle.failures - 1)
    )


@transaction
def tidy(now: datetime) -> None:
    """Remove what is forgotten anyway."""
    db.session.execute(delete(Throttle).where(Throttle.last_at <= now - FORGOTTEN_AFTER))


def _count(key: Key, failures: int, now: datetime) -> None:
    values = {
        "failures": failures,
        "last_at": now,
        "blocked_until": now + timedelta(seconds=delay_s(failures, key.free)),
    }
    postgres = db.engine.dialect.name == "postgresql"
    statement = (postgresql if postgres else sqlite).insert(Throttle).values(key=key.name, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=[Throttle.key], set_=values))
