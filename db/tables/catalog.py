"""Organisations, resources and openings; columns are named as the fields of the values."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, Date, Float, Index, Integer, String, Table

from catalog.opening import OpeningStatus, Preference, Stage, Welcome
from catalog.schedule_json import schedule_from_json, schedule_to_json
from catalog.service_area import from_json, to_json
from db.documents import from_document, to_document
from db.tables.base import metadata, municipality_code, refers_to, text
from db.tables.types import Document, Member, NumberedMember, set_of_codes, tuple_of_codes


def _place() -> list[Column[object]]:
    return [
        Column("town_id", String),
        Column("address", String, nullable=False),
        Column("lat", Float),
        Column("lon", Float),
    ]


def _last_confirmed() -> list[Column[object]]:
    return [
        Column("last_confirmed_on", Date),
        Column("last_confirmed_by", String, nullable=False),
        Column("last_confirmed_how", String, nullable=False),
    ]


def _read_welcome(document: object) -> Welcome:
    welcome: Welcome = from_document(Welcome, document)
    return welcome


def _read_preference(document: object) -> Preference:
    preference: Preference = from_document(Preference, document)
    return preference


organisations = Table(
    "organisations",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    text("name"),
    text("name_kana"),
    text("kind"),
    *_place(),
    text("contact_name"),
    text("phone"),
    text("fax"),
    text("email"),
    text("contact_hours"),
    text("corporate_number"),
    text("operation_form"),
    Column("is_host", Boolean, nullable=False),
    text("note"),
    text("found_by"),
    text("liaison"),
    text("liaison_form"),
    text("visibility"),
    *_last_confirmed(),
    Column("most_at_once", Integer),
    Column("newcomers_a_month", Integer),
)

resources = Table(
    "resources",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    text("name"),
    text("name_kana"),
    text("kind"),
    Column("organisation_id", String),
    text("description"),
    *_place(),
    text("address_note"),
    text("location_accuracy"),
    text("phone"),
    Column("service_area", Document(to_json, from_json, is_frozen=True), nullable=False),
    Column("accessibility", set_of_codes(), nullable=False),
    text("days"),
    text("hours"),
    Column("cost_yen", Integer),
    Column("capacity", Integer),
    text("operation_form"),
    text("section"),
    text("visibility"),
    text("url"),
    text("note"),
    text("source"),
    text("external_id"),
    *_last_confirmed(),
    refers_to("organisations", organisation_id="id"),
    CheckConstraint("cost_yen >= 0", name="cost"),
    CheckConstraint("capacity >= 0", name="capacity"),
    Index(None, "municipality_code", "organisation_id"),
)

openings = Table(
    "openings",
    metadata,
    municipality_code(),
    Column("id", String, primary_key=True),
    text("resource_id"),
    text("host_id"),
    text("name"),
    Column("menu", tuple_of_codes(), nullable=False),
    text("form"),
    text("role"),
    Column("capacity", Integer, nullable=False),
    Column("taken", Integer, nullable=False),
    Column("status", Member(OpeningStatus), nullable=False),
    text("description"),
    Column("first_stage", NumberedMember(Stage), nullable=False),
    Column("last_stage", NumberedMember(Stage), nullable=False),
    Column("schedule", Document(schedule_to_json, schedule_from_json, is_frozen=True)),
    Column("min_minutes", Integer, nullable=False),
    Column("max_minutes", Integer),
    Column("welcome", Document(to_document, _read_welcome, is_frozen=True), nullable=False),
    Column("accommodations", set_of_codes(), nullable=False),
    Column("noise", Integer, nullable=False),
    Column("crowd", Integer, nullable=False),
    Column("typical_people", Integer),
    Column("companion_welcome", Boolean, nullable=False),
    Column("leave_early_ok", Boolean, nullable=False),
    Column("quota", Boolean, nullable=False),
    Column("transport", tuple_of_codes(), nullable=False),
    Column("cost_yen", Integer, nullable=False),
    Column("stipend_yen", Integer, nullable=False),
    text("insurance"),
    Column("agreement_required", Boolean, nullable=False),
    Column("starts_on", Date),
    Column("ends_on", Date),
    text("visibility"),
    text("found_by"),
    text("liaison"),
    *_last_confirmed(),
    text("status_reason"),
    Column("helpers_wanted", Integer, nullable=False, server_default="0"),
    Column("preference", Document(to_document, _read_preference, is_frozen=True)),
    refers_to("resources", resource_id="id"),
    refers_to("organisations", host_id="id"),
    CheckConstraint("capacity >= 1", name="capacity"),
    CheckConstraint("taken >= 0 AND taken <= capacity", name="taken"),
    Index(None, "municipality_code", "resource_id"),
    Index(None, "municipality_code", "host_id"),
)

text_index = Table(
    "text_index",
    metadata,
    municipality_code(),
    # What it is found by: a pair of neighbouring characters, or a code of a list.
    Column("token", String, primary_key=True),
    # "resource", "opening" or "organisation".
    Column("kind", String, primary_key=True),
    Column("item_id", String, primary_key=True),
    Index(None, "municipality_code", "kind", "item_id"),
    sqlite_with_rowid=False,
)
