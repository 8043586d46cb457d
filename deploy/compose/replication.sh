#!/bin/sh
# Runs once, when the database is made: lets a replica in from the networks of this database, with a password.
set -eu
echo "host replication all samenet scram-sha-256" >>"$PGDATA/pg_hba.conf"
