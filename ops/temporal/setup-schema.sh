#!/bin/sh
# Makes Temporal's two databases where they are missing and brings their schemas up to the server's version. The tool is
# told where the server is, and who asks, by its SQL_* variables.
set -eu

prepare() {
  database=$1
  schema=$2
  export SQL_DATABASE="$database"
  if temporal-sql-tool create >/dev/null 2>&1; then
    temporal-sql-tool setup-schema --version 0.0
  fi
  temporal-sql-tool update-schema --schema-name "$schema"
}

prepare temporal postgresql/v12/temporal
prepare temporal_visibility postgresql/v12/visibility
