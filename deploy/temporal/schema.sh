#!/bin/sh
# Temporal's two databases on PostgreSQL; safe to run again.
set -eu
versioned=/etc/temporal/schema/postgresql/v12
for name in temporal visibility; do
  database=temporal
  [ "$name" = temporal ] || database=temporal_visibility
  temporal-sql-tool --db "$database" create
  temporal-sql-tool --db "$database" setup-schema -v 0.0 || true # refused when it is there
  temporal-sql-tool --db "$database" update-schema -d "$versioned/$name/versioned"
done
