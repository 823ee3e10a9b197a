#!/usr/bin/env bash
# mongod demands a key file for a replica set with authentication, owned by its user and closed to all others.
# Made at every start: it never leaves the container, and nothing outside has to know it.
set -euo pipefail

key=/data/configdb/replica.key
owner=$(id -u mongodb 2>/dev/null || echo 999)

chown "$owner" /data/configdb
rm -f "$key"
(umask 077 && head -c 756 /dev/urandom | base64 -w 0 >"$key")
chown "$owner" "$key"
chmod 400 "$key"

exec docker-entrypoint.sh "$@"
