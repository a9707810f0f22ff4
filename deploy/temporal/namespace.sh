#!/bin/sh
# The namespace and the search attributes that operators and the API filter by.
set -eu
temporal operator namespace describe -n default >/dev/null 2>&1 ||
  temporal operator namespace create -n default --retention 720h
for name in OrgId SiteId SessionId ImageStatus FailureCode; do
  temporal operator search-attribute create -n default --name "$name" --type Keyword || true
done
