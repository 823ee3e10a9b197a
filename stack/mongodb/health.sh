#!/usr/bin/env bash
# Healthy: the root password works and this node is the primary of its replica set.
# Docker asks every two seconds, and a mongosh takes half a second of processor time: so every time one small
# message is sent to mongod, and only if that finds no primary, or twice a minute, mongosh looks for itself.
set -euo pipefail

HOST=mongodb # not localhost: there, the entrypoint's temporary mongod would answer while it initialises
PROOF=/tmp/.health-proof
PROOF_SECONDS=30

# {hello: 1, $db: "admin"} as an OP_MSG: length 52, kind 2013, one document of 31 bytes.
# shellcheck disable=SC2016 # $db is a name of the protocol
HELLO='\x34\0\0\0\1\0\0\0\0\0\0\0\xdd\x07\0\0\0\0\0\0\0\x1f\0\0\0\x10hello\0\1\0\0\0\x02$db\0\x06\0\0\0admin\0\0'

says_primary() {
  exec 3<>"/dev/tcp/$HOST/27017" || return 1
  printf '%b' "$HELLO" >&3
  timeout 2 dd bs=4096 count=1 <&3 2>/dev/null | LC_ALL=C grep -aqP 'isWritablePrimary\x00\x01'
}

proof_is_fresh() {
  local made
  made=$(stat -c %Y "$PROOF" 2>/dev/null) || return 1
  (($(date +%s) - made < PROOF_SECONDS))
}

if ! (: </dev/tcp/"$HOST"/27017) 2>/dev/null; then
  echo "mongod does not answer on $HOST:27017"
  exit 1
fi
if says_primary && proof_is_fresh; then
  exit 0
fi

rm -f "$PROOF"
mongosh --nodb --quiet --norc --file "$(dirname "$0")/health.js"
touch "$PROOF"
