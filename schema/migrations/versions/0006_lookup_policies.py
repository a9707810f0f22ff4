"""The policies for lookups hold for their own role only, not for the roles that are its members.

The tables' owner had to become a member of these roles to hand the functions over to them, and a
policy for a role holds for its members too: the owner saw every organization's people. Inside a
function that runs with its owner's rights, `current_user` is that owner.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

LOOKUPS = (
    ("login_lookup", "users", "imaging360_login"),
    ("housekeeping", "organizations", "imaging360_housekeeping"),
)


def upgrade() -> None:
    for policy, table, role in LOOKUPS:
        op.execute(f"ALTER POLICY {policy} ON {table} USING (current_user = '{role}')")


def downgrade() -> None:
    for policy, table, _ in LOOKUPS:
        op.execute(f"ALTER POLICY {policy} ON {table} USING (true)")
