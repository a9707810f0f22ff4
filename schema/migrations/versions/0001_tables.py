"""tables"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "organizations",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
    )
    op.create_table(
        "devices",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("app_version", sa.String(), nullable=False),
        sa.Column(
            "last_seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "platform IN ('ios', 'android', 'web', 'other')", name=op.f("ck_devices_platform")
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_devices_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_devices_org_id_id")),
    )
    op.create_index(op.f("ix_devices_org_id"), "devices", ["org_id"], unique=False)
    op.create_table(
        "enrollment_codes",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("code_sha256", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("uses_left", sa.Integer(), nullable=False),
        sa.Column(
            "expires_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("uses_left >= 0", name=op.f("ck_enrollment_codes_uses_left")),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organizations.id"], name=op.f("fk_enrollment_codes_org_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollment_codes")),
        sa.UniqueConstraint(
            "org_id", "code_sha256", name=op.f("uq_enrollment_codes_org_id_code_sha256")
        ),
    )
    op.create_index(
        op.f("ix_enrollment_codes_org_id"), "enrollment_codes", ["org_id"], unique=False
    )
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("entity_type", sa.String(), nullable=False),
        sa.Column("entity_id", sa.Uuid(), nullable=False),
        sa.Column("event_type", sa.String(), nullable=False),
        sa.Column("actor_type", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column(
            "payload",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "actor_type IN ('device', 'user', 'system')", name=op.f("ck_events_actor_type")
        ),
        sa.CheckConstraint(
            "entity_type IN ('session', 'upload', 'image', 'device', 'user', 'vehicle')",
            name=op.f("ck_events_entity_type"),
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_events_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index(
        "ix_events_entity", "events", ["org_id", "entity_type", "entity_id"], unique=False
    )
    op.create_index(op.f("ix_events_org_id"), "events", ["org_id"], unique=False)
    op.create_table(
        "sites",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_sites_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_sites_org_id_id")),
        sa.UniqueConstraint("org_id", "name", name=op.f("uq_sites_org_id_name")),
    )
    op.create_index(op.f("ix_sites_org_id"), "sites", ["org_id"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('operator', 'reviewer', 'admin')", name=op.f("ck_users_role")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_users_email")),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_users_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("org_id", "email", name=op.f("uq_users_org_id_email")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_users_org_id_id")),
        sa.UniqueConstraint(
            "org_id", "issuer", "subject", name=op.f("uq_users_org_id_issuer_subject")
        ),
    )
    op.create_index(op.f("ix_users_email"), "users", ["email"], unique=False)
    op.create_index(op.f("ix_users_org_id"), "users", ["org_id"], unique=False)
    op.create_table(
        "user_site_access",
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["org_id", "site_id"],
            ["sites.org_id", "sites.id"],
            name=op.f("fk_user_site_access_org_id_site_id"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "user_id"],
            ["users.org_id", "users.id"],
            name=op.f("fk_user_site_access_org_id_user_id"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organizations.id"], name=op.f("fk_user_site_access_org_id")
        ),
        sa.PrimaryKeyConstraint("user_id", "site_id", name=op.f("pk_user_site_access")),
    )
    op.create_index(
        op.f("ix_user_site_access_org_id"), "user_site_access", ["org_id"], unique=False
    )
    op.create_table(
        "vehicles",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("vin", sa.String(), nullable=True),
        sa.Column("stock_number", sa.String(), nullable=True),
        sa.Column("make", sa.String(), nullable=True),
        sa.Column("model", sa.String(), nullable=True),
        sa.Column("model_year", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "vin IS NOT NULL OR stock_number IS NOT NULL", name=op.f("ck_vehicles_identity")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "site_id"],
            ["sites.org_id", "sites.id"],
            name=op.f("fk_vehicles_org_id_site_id"),
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_vehicles_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicles")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_vehicles_org_id_id")),
    )
    op.create_index(op.f("ix_vehicles_org_id"), "vehicles", ["org_id"], unique=False)
    op.create_index(
        "uq_vehicles_stock_number",
        "vehicles",
        ["org_id", "site_id", "stock_number"],
        unique=True,
        postgresql_where=sa.text("vin IS NULL"),
    )
    op.create_index("uq_vehicles_vin", "vehicles", ["org_id", "vin"], unique=True)
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column(
            "shot_list",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("operator_id", sa.Uuid(), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "mode IN ('studio360', 'walk360', 'stills')", name=op.f("ck_sessions_mode")
        ),
        sa.CheckConstraint(
            "status IN ('active', 'completed', 'abandoned')", name=op.f("ck_sessions_status")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "device_id"],
            ["devices.org_id", "devices.id"],
            name=op.f("fk_sessions_org_id_device_id"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "operator_id"],
            ["users.org_id", "users.id"],
            name=op.f("fk_sessions_org_id_operator_id"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "site_id"],
            ["sites.org_id", "sites.id"],
            name=op.f("fk_sessions_org_id_site_id"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "vehicle_id"],
            ["vehicles.org_id", "vehicles.id"],
            name=op.f("fk_sessions_org_id_vehicle_id"),
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_sessions_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_sessions_org_id_id")),
    )
    op.create_index(op.f("ix_sessions_org_id"), "sessions", ["org_id"], unique=False)
    op.create_index(
        "ix_sessions_org_site_status",
        "sessions",
        ["org_id", "site_id", "status", "created_at"],
        unique=False,
    )
    op.create_index(op.f("ix_sessions_site_id"), "sessions", ["site_id"], unique=False)
    op.create_index(op.f("ix_sessions_vehicle_id"), "sessions", ["vehicle_id"], unique=False)
    op.create_table(
        "uploads",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("storage_key", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("content_type", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("angle_deg", sa.Integer(), nullable=True),
        sa.Column("shot_name", sa.String(), nullable=True),
        sa.Column(
            "expires_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "content_type IN ('image/jpeg', 'image/heic')", name=op.f("ck_uploads_content_type")
        ),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_uploads_sha256")),
        sa.CheckConstraint("angle_deg BETWEEN 0 AND 359", name=op.f("ck_uploads_angle_deg")),
        sa.ForeignKeyConstraint(
            ["org_id", "session_id"],
            ["sessions.org_id", "sessions.id"],
            name=op.f("fk_uploads_org_id_session_id"),
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_uploads_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_uploads_org_id_id")),
        sa.UniqueConstraint("storage_key", name=op.f("uq_uploads_storage_key")),
    )
    op.create_index(op.f("ix_uploads_org_id"), "uploads", ["org_id"], unique=False)
    op.create_index(
        "ix_uploads_session_created", "uploads", ["session_id", "created_at"], unique=False
    )
    op.create_index(
        "uq_uploads_slot",
        "uploads",
        [
            "session_id",
            "sha256",
            sa.literal_column("coalesce(angle_deg, -1)"),
            sa.literal_column("coalesce(shot_name, '')"),
        ],
        unique=True,
    )
    op.create_table(
        "images",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("org_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("storage_key", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("hash_sha256", sa.String(), nullable=True),
        sa.Column("phash", postgresql.BIT(length=64), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("angle_deg", sa.Integer(), nullable=True),
        sa.Column("shot_name", sa.String(), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "exif",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "thumb_keys",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column(
            "qc",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("qc_version", sa.Integer(), nullable=True),
        sa.Column("failure", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "versions",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "status IN ('processed', 'failed', 'published')", name=op.f("ck_images_status")
        ),
        sa.CheckConstraint("angle_deg BETWEEN 0 AND 359", name=op.f("ck_images_angle_deg")),
        sa.ForeignKeyConstraint(
            ["org_id", "id"], ["uploads.org_id", "uploads.id"], name=op.f("fk_images_org_id_id")
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "published_by"],
            ["users.org_id", "users.id"],
            name=op.f("fk_images_org_id_published_by"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "session_id"],
            ["sessions.org_id", "sessions.id"],
            name=op.f("fk_images_org_id_session_id"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id", "vehicle_id"],
            ["vehicles.org_id", "vehicles.id"],
            name=op.f("fk_images_org_id_vehicle_id"),
        ),
        sa.ForeignKeyConstraint(["org_id"], ["organizations.id"], name=op.f("fk_images_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_images")),
        sa.UniqueConstraint("org_id", "id", name=op.f("uq_images_org_id_id")),
        sa.UniqueConstraint("storage_key", name=op.f("uq_images_storage_key")),
    )
    op.create_index(op.f("ix_images_hash_sha256"), "images", ["hash_sha256"], unique=False)
    op.create_index(op.f("ix_images_org_id"), "images", ["org_id"], unique=False)
    op.create_index("ix_images_org_created", "images", ["org_id", "created_at"], unique=False)
    op.create_index("ix_images_org_sha256", "images", ["org_id", "hash_sha256"], unique=False)
    op.create_index("ix_images_org_vehicle", "images", ["org_id", "vehicle_id"], unique=False)
    op.create_index(
        "ix_images_session_created", "images", ["session_id", "created_at"], unique=False
    )
    op.create_index(op.f("ix_images_session_id"), "images", ["session_id"], unique=False)
    op.create_index(op.f("ix_images_site_id"), "images", ["site_id"], unique=False)
    op.create_index(op.f("ix_images_vehicle_id"), "images", ["vehicle_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_images_vehicle_id"), table_name="images")
    op.drop_index(op.f("ix_images_site_id"), table_name="images")
    op.drop_index(op.f("ix_images_session_id"), table_name="images")
    op.drop_index("ix_images_session_created", table_name="images")
    op.drop_index("ix_images_org_vehicle", table_name="images")
    op.drop_index("ix_images_org_created", table_name="images")
    op.drop_index("ix_images_org_sha256", table_name="images")
    op.drop_index(op.f("ix_images_org_id"), table_name="images")
    op.drop_index(op.f("ix_images_hash_sha256"), table_name="images")
    op.drop_table("images")
    op.drop_index("uq_uploads_slot", table_name="uploads")
    op.drop_index("ix_uploads_session_created", table_name="uploads")
    op.drop_index(op.f("ix_uploads_org_id"), table_name="uploads")
    op.drop_table("uploads")
    op.drop_index(op.f("ix_sessions_vehicle_id"), table_name="sessions")
    op.drop_index(op.f("ix_sessions_site_id"), table_name="sessions")
    op.drop_index("ix_sessions_org_site_status", table_name="sessions")
    op.drop_index(op.f("ix_sessions_org_id"), table_name="sessions")
    op.drop_table("sessions")
    op.drop_index("uq_vehicles_vin", table_name="vehicles")
    op.drop_index(
        "uq_vehicles_stock_number", table_name="vehicles", postgresql_where=sa.text("vin IS NULL")
    )
    op.drop_index(op.f("ix_vehicles_org_id"), table_name="vehicles")
    op.drop_table("vehicles")
    op.drop_index(op.f("ix_user_site_access_org_id"), table_name="user_site_access")
    op.drop_table("user_site_access")
    op.drop_index(op.f("ix_users_org_id"), table_name="users")
    op.drop_index(op.f("ix_users_email"), table_name="users")
    op.drop_table("users")
    op.drop_index(op.f("ix_sites_org_id"), table_name="sites")
    op.drop_table("sites")
    op.drop_index(op.f("ix_events_org_id"), table_name="events")
    op.drop_index("ix_events_entity", table_name="events")
    op.drop_table("events")
    op.drop_index(op.f("ix_enrollment_codes_org_id"), table_name="enrollment_codes")
    op.drop_table("enrollment_codes")
    op.drop_index(op.f("ix_devices_org_id"), table_name="devices")
    op.drop_table("devices")
    op.drop_table("organizations")
