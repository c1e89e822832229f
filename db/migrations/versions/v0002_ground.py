"""The city, its staff and its catalogue."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "municipalities",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("settings", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("shape", sa.LargeBinary(), nullable=True),
        sa.Column("min_lon", sa.Float(), nullable=True),
        sa.Column("min_lat", sa.Float(), nullable=True),
        sa.Column("max_lon", sa.Float(), nullable=True),
        sa.Column("max_lat", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("municipality_code", name=op.f("pk_municipalities")),
    )
    op.create_table(
        "districts",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("layer", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("shape", sa.LargeBinary(), nullable=True),
        sa.Column("min_lon", sa.Float(), nullable=True),
        sa.Column("min_lat", sa.Float(), nullable=True),
        sa.Column("max_lon", sa.Float(), nullable=True),
        sa.Column("max_lat", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_districts_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "layer", "name", name=op.f("pk_districts")),
    )
    op.create_table(
        "import_runs",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_import_runs_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_import_runs")),
    )
    op.create_table(
        "organisations",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_kana", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("town_id", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("contact_name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("fax", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("contact_hours", sa.String(), nullable=False),
        sa.Column("corporate_number", sa.String(), nullable=False),
        sa.Column("operation_form", sa.String(), nullable=False),
        sa.Column("is_host", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("found_by", sa.String(), nullable=False),
        sa.Column("liaison", sa.String(), nullable=False),
        sa.Column("liaison_form", sa.String(), nullable=False),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("last_confirmed_on", sa.Date(), nullable=True),
        sa.Column("last_confirmed_by", sa.String(), nullable=False),
        sa.Column("last_confirmed_how", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_organisations_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_organisations")),
    )
    op.create_table(
        "text_index",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_text_index_municipality_code"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "token", "kind", "item_id", name=op.f("pk_text_index")
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_text_index_municipality_code_kind_item_id"),
        "text_index",
        ["municipality_code", "kind", "item_id"],
        unique=False,
    )
    op.create_table(
        "towns",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kana", sa.String(), nullable=False),
        sa.Column("aliases", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("shape", sa.LargeBinary(), nullable=True),
        sa.Column("min_lon", sa.Float(), nullable=True),
        sa.Column("min_lat", sa.Float(), nullable=True),
        sa.Column("max_lon", sa.Float(), nullable=True),
        sa.Column("max_lat", sa.Float(), nullable=True),
        sa.CheckConstraint("(lat IS NULL) = (lon IS NULL)", name=op.f("ck_towns_point")),
        sa.CheckConstraint("people >= 0", name=op.f("ck_towns_people")),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_towns_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_towns")),
    )
    op.create_table(
        "users",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("office_id", sa.String(), nullable=True),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_users_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_users")),
        sa.UniqueConstraint(
            "municipality_code", "login", name=op.f("uq_users_municipality_code_login")
        ),
    )
    op.create_table(
        "district_towns",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("layer", sa.String(), nullable=False),
        sa.Column("town_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code", "layer", "name"],
            ["districts.municipality_code", "districts.layer", "districts.name"],
            name=op.f("fk_district_towns_municipality_code_layer_name"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "town_id"],
            ["towns.municipality_code", "towns.id"],
            name=op.f("fk_district_towns_municipality_code_town_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_district_towns_municipality_code"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "layer", "town_id", name=op.f("pk_district_towns")
        ),
    )
    op.create_table(
        "resources",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_kana", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.String(), nullable=True),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("town_id", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("address_note", sa.String(), nullable=False),
        sa.Column("location_accuracy", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("service_area", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("accessibility", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("days", sa.String(), nullable=False),
        sa.Column("hours", sa.String(), nullable=False),
        sa.Column("cost_yen", sa.Integer(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("operation_form", sa.String(), nullable=False),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("last_confirmed_on", sa.Date(), nullable=True),
        sa.Column("last_confirmed_by", sa.String(), nullable=False),
        sa.Column("last_confirmed_how", sa.String(), nullable=False),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_resources_capacity")),
        sa.CheckConstraint("cost_yen >= 0", name=op.f("ck_resources_cost")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "organisation_id"],
            ["organisations.municipality_code", "organisations.id"],
            name=op.f("fk_resources_municipality_code_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_resources_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_resources")),
    )
    op.create_index(
        op.f("ix_resources_municipality_code_organisation_id"),
        "resources",
        ["municipality_code", "organisation_id"],
        unique=False,
    )
    op.create_table(
        "sessions",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_code", "user_id"],
            ["users.municipality_code", "users.id"],
            name=op.f("fk_sessions_municipality_code_user_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_sessions_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "token_hash", name=op.f("pk_sessions")),
    )
    op.create_index(
        op.f("ix_sessions_municipality_code_user_id"),
        "sessions",
        ["municipality_code", "user_id"],
        unique=False,
    )
    op.create_table(
        "town_population",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("town_id", sa.String(), nullable=False),
        sa.Column("sex", sa.String(), nullable=False),
        sa.Column("from_age", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("to_age", sa.Integer(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.CheckConstraint("sex IN ('male', 'female')", name=op.f("ck_town_population_sex")),
        sa.CheckConstraint("people >= 0", name=op.f("ck_town_population_people")),
        sa.CheckConstraint("to_age >= from_age", name=op.f("ck_town_population_ages")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "town_id"],
            ["towns.municipality_code", "towns.id"],
            name=op.f("fk_town_population_municipality_code_town_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_town_population_municipality_code"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_code", "town_id", "sex", "from_age", name=op.f("pk_town_population")
        ),
    )
    op.create_table(
        "openings",
        sa.Column("municipality_code", sa.String(length=6), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("resource_id", sa.String(), nullable=False),
        sa.Column("host_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("menu", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("first_stage", sa.Integer(), nullable=False),
        sa.Column("last_stage", sa.Integer(), nullable=False),
        sa.Column("schedule", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("min_minutes", sa.Integer(), nullable=False),
        sa.Column("max_minutes", sa.Integer(), nullable=True),
        sa.Column("welcome", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("accommodations", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("noise", sa.Integer(), nullable=False),
        sa.Column("crowd", sa.Integer(), nullable=False),
        sa.Column("typical_people", sa.Integer(), nullable=True),
        sa.Column("companion_welcome", sa.Boolean(), nullable=False),
        sa.Column("leave_early_ok", sa.Boolean(), nullable=False),
        sa.Column("quota", sa.Boolean(), nullable=False),
        sa.Column("transport", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("cost_yen", sa.Integer(), nullable=False),
        sa.Column("stipend_yen", sa.Integer(), nullable=False),
        sa.Column("insurance", sa.String(), nullable=False),
        sa.Column("agreement_required", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("visibility", sa.String(), nullable=False),
        sa.Column("found_by", sa.String(), nullable=False),
        sa.Column("liaison", sa.String(), nullable=False),
        sa.Column("last_confirmed_on", sa.Date(), nullable=True),
        sa.Column("last_confirmed_by", sa.String(), nullable=False),
        sa.Column("last_confirmed_how", sa.String(), nullable=False),
        sa.Column("status_reason", sa.String(), nullable=False),
        sa.CheckConstraint("capacity >= 1", name=op.f("ck_openings_capacity")),
        sa.CheckConstraint("taken >= 0 AND taken <= capacity", name=op.f("ck_openings_taken")),
        sa.ForeignKeyConstraint(
            ["municipality_code", "host_id"],
            ["organisations.municipality_code", "organisations.id"],
            name=op.f("fk_openings_municipality_code_host_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code", "resource_id"],
            ["resources.municipality_code", "resources.id"],
            name=op.f("fk_openings_municipality_code_resource_id"),
        ),
        sa.ForeignKeyConstraint(
            ["municipality_code"],
            ["municipalities.municipality_code"],
            name=op.f("fk_openings_municipality_code"),
        ),
        sa.PrimaryKeyConstraint("municipality_code", "id", name=op.f("pk_openings")),
    )
    op.create_index(
        op.f("ix_openings_municipality_code_host_id"),
        "openings",
        ["municipality_code", "host_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_openings_municipality_code_resource_id"),
        "openings",
        ["municipality_code", "resource_id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("openings")
    op.drop_table("town_population")
    op.drop_table("sessions")
    op.drop_table("resources")
    op.drop_table("district_towns")
    op.drop_table("users")
    op.drop_table("towns")
    op.drop_table("text_index")
    op.drop_table("organisations")
    op.drop_table("import_runs")
    op.drop_table("districts")
    op.drop_table("municipalities")
