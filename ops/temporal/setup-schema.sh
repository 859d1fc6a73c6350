#!/bin/sh
# Makes Temporal's two databases where they are missing and brings their schemas up to the server's version; does nothing
# where they are. The tool is told where the server is, and who asks, by its SQL_* variables.
set -eu

prepare() {
  database=$1
  schema=$2
  export SQL_DATABASE="$database"
  temporal-sql-tool create
  temporal-sql-tool setup-schema --version 0.0
  temporal-sql-tool update-schema --schema-name "$schema"
}

prepare temporal postgresql/v12/temporal
prepare temporal_visibility postgresql/v12/visibility
