"""The shared vocabulary: enums, keys, contracts, tables, migrations. Imports nothing of ours."""
