"""Sites, kinds and facilities of the demonstration as rows."""

from collections.abc import Sequence

from sqlalchemy import select

from booking.demo.rows import Row, add, ids
from booking.demo.seed import Seed, week
from booking.facilities.models import (
    AttributeDefinition,
    AttributeValue,
    Bundle,
    BundleItem,
    Facility,
    FacilityGroup,
    FacilitySpace,
    Kind,
    OpeningHours,
    RuleSetting,
    Site,
    Space,
)
from booking.facilities.values import ALWAYS_OPEN
from booking.kernel.db import db
from booking.kernel.remembered import forget_everything
from booking.kernel.transaction import memo

PLAIN = (
    "code",
    "name",
    "names",
    "quantity",
    "capacity",
    "capacities",
    "area_m2",
    "turnaround_min",
    "approval",
    "guests_allowed",
    "staffing",
    "equipment",
)
"""Columns that the seed file calls by their own names."""

Rows = Sequence[Row]


def load_house(seed: Seed) -> None:
    """Write the sites, the groups and the kinds, with their attributes, of the seed."""
    add(Site, seed["sites"])
    add(FacilityGroup, seed["groups"])
    _add_kinds(seed["kinds"])


def load_bundles(seed: Seed) -> None:
    """Write the bundles of the seed; their facilities are there."""
    add(Bundle, ({"code": b["code"], "names": b["names"], "active": True} for b in seed["bundles"]))
    known, facilities, groups = ids(Bundle), ids(Facility), ids(FacilityGroup)
    add(
        BundleItem,
        (
            {
                "bundle_id": known[bundle["code"]],
                "position": position,
                "facility_id": facilities.get(code),
                "group_id": None if code in facilities else groups[code],
                "amount": amount,
            }
            for bundle in seed["bundles"]
            for position, (code, amount) in enumerate(bundle["items"])
        ),
    )


def load_rules(seed: Seed) -> None:
    """Write the rules that kinds and facilities of the seed have, from ever to ever."""
    kinds, facilities = ids(Kind), ids(Facility)
    add(
        RuleSetting,
        (
            {
                "rule": said["rule"],
                "kind_id": kinds.get(said.get("kind", "")),
                "facility_id": facilities.get(said.get("facility", "")),
                "value": said["value"],
            }
            for said in seed["rules"]
        ),
    )
    forget_everything()
    memo().clear()


def add_facilities(seed: Seed, facilities: Rows) -> None:
    """Write facilities as the seed file describes them, with spaces, hours and attributes."""
    sites, kinds, groups = ids(Site), ids(Kind), ids(FacilityGroup)
    add(
        Facility,
        (
            {column: entry[column] for column in PLAIN}
            | {
                "site_id": sites[entry["site"]],
                "kind_id": kinds[entry["kind"]],
                "group_id": groups.get(entry.get("group", "")),
                "position": position,
            }
            for position, entry in enumerate(facilities)
        ),
    )
    known = ids(Facility)
    _add_spaces(facilities, sites, known)
    _add_hours(seed, facilities, known)
    _add_attributes(facilities, kinds, known)
    forget_everything()  # the journal will only tell at the end of the load
    memo().clear()


def _add_kinds(kinds: Rows) -> None:
    columns = ("code", "names", "option_days")
    add(
        Kind,
        ({c: kind[c] for c in columns} | {"position": n * 10} for n, kind in enumerate(kinds)),
    )
    known = ids(Kind)
    add(
        AttributeDefinition,
        (
            {
                "kind_id": known[kind["code"]],
                "code": said["code"],
                "names": said["names"],
                "value_type": said["type"],
                "unit": said.get("unit", ""),
                "choices": said.get("choices", []),
                "position": position,
            }
            for kind in kinds
            for position, said in enumerate(kind["attributes"])
        ),
    )


def _add_spaces(facilities: Rows, sites: dict[str, int], known: dict[str, int]) -> None:
    site_of = {space: sites[entry["site"]] for entry in facilities for space in entry["spaces"]}
    add(Space, ({"code": code, "site_id": site} for code, site in site_of.items()))
    spaces = ids(Space)
    add(
        FacilitySpace,
        (
            {"facility_id": known[entry["code"]], "space_id": spaces[space]}
            for entry in facilities
            for space in entry["spaces"]
        ),
    )


def _add_hours(seed: Seed, facilities: Rows, known: dict[str, int]) -> None:
    weeks = {name: week(profile) for name, profile in seed["hours"].items()}
    add(
        OpeningHours,
        (
            {
                "facility_id": known[entry["code"]],
                "weekday": weekday,
                "opens_min": opens,
                "closes_min": closes,
            }
            for entry in facilities
            if weeks[entry["hours"]] != ALWAYS_OPEN
            for weekday, spans in enumerate(weeks[entry["hours"]])
            for opens, closes in spans
        ),
    )


def _add_attributes(facilities: Rows, kinds: dict[str, int], known: dict[str, int]) -> None:
    columns = (AttributeDefinition.kind_id, AttributeDefinition.code, AttributeDefinition.id)
    defined = {(kind, code): number for kind, code, number in db.session.execute(select(*columns))}
    add(
        AttributeValue,
        (
            {
                "facility_id": known[entry["code"]],
                "definition_id": defined[kinds[entry["kind"]], code],
                "value": value,
            }
            for entry in facilities
            for code, value in entry["attributes"].items()
        ),
    )
