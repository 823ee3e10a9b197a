#!/usr/bin/env bash
# Starts mongod. On an empty data folder it first creates the root user and runs what lies in
# /docker-entrypoint-initdb.d, with a temporary mongod that only this container can reach.
set -Eeuo pipefail

INIT_FOLDER=/docker-entrypoint-initdb.d

say() { printf '%s entrypoint: %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*"; }
fail() {
  say "ERROR $*" >&2
  exit 1
}

# from_file NAME: NAME_FILE names a file that holds the value (a Docker secret); both at once is a mistake.
from_file() {
  local file=${1}_FILE
  [[ -n ${!file:-} ]] || return 0
  [[ -z ${!1:-} ]] || fail "both $1 and $file are set"
  export "$1=$(<"${!file}")"
  unset "$file"
}

# setting NAME: what mongod itself makes of the arguments and the configuration file together.
setting() { sed -n "s/^ *$1: *\"\{0,1\}\([^\"]*\)\"\{0,1\}$/\1/p" <<<"$SETTINGS" | tail -n 1; }

on_loopback() { mongosh --quiet --norc --host 127.0.0.1 --port 27017 "$@"; }

# The values come from the environment inside mongosh: arguments can be read by every process of the host.
create_root_user() {
  [[ -n ${MONGO_INITDB_ROOT_USERNAME:-} ]] || return 0
  say "creating the root user"
  on_loopback admin --eval '
    const user = process.env.MONGO_INITDB_ROOT_USERNAME, pwd = process.env.MONGO_INITDB_ROOT_PASSWORD
    const roles = [{ role: "root", db: "admin" }]
    db.getUser(user) ? db.updateUser(user, { pwd, roles }) : db.createUser({ user, pwd, roles })' >/dev/null
}

run_init_files() {
  local file
  for file in "$INIT_FOLDER"/*; do
    case $file in
      *.sh)
        say "running $file"
        # An executable is run; anything else is read into this shell and may set variables.
        # shellcheck source=/dev/null
        if [[ -x $file ]]; then "$file"; else . "$file"; fi
        ;;
      *.js)
        say "running $file"
        on_loopback "${MONGO_INITDB_DATABASE:-test}" "$file"
        ;;
      "$INIT_FOLDER/*") ;;
      *) say "ignoring $file: neither .sh nor .js" ;;
    esac
  done
}

wait_for_port() {
  local tries
  for ((tries = 0; tries < 600; tries++)); do
    kill -0 "$1" 2>/dev/null || return 1
    (: </dev/tcp/127.0.0.1/27017) 2>/dev/null && return 0
    sleep 0.1
  done
  return 1
}

# initialise DATA: the marker stays if this is cut short, so that the next start does it again.
initialise() {
  local data=$1 pid arguments=(--dbpath "$1" --bind_ip 127.0.0.1 --port 27017)
  # What decides how files are laid out must be the same for both runs.
  [[ $(setting directoryPerDB) != true ]] || arguments+=(--directoryperdb)
  [[ $(setting directoryForIndexes) != true ]] || arguments+=(--wiredTigerDirectoryForIndexes)
  [[ -z $(setting cacheSizeGB) ]] || arguments+=(--wiredTigerCacheSizeGB "$(setting cacheSizeGB)")
  touch "$data/.initialising"
  say "first start: initialising $data"
  mongod "${arguments[@]}" &
  pid=$!
  wait_for_port "$pid" || fail "the temporary mongod did not start"
  create_root_user
  run_init_files
  kill -TERM "$pid"
  wait "$pid" || fail "the temporary mongod did not stop cleanly"
  rm "$data/.initialising"
  say "initialised"
}

[[ ${1:-} != -* ]] || set -- mongod "$@"

# Files first, then never root again.
if [[ ${1:-} == mongo* && $(id -u) == 0 ]]; then
  if [[ $1 == mongod ]]; then
    find /data/db /data/configdb ! -user mongodb -exec chown mongodb:mongodb {} +
    chown mongodb /proc/$$/fd/1 /proc/$$/fd/2 2>/dev/null || true
  fi
  exec setpriv --reuid=mongodb --regid=mongodb --init-groups -- "${BASH_SOURCE[0]}" "$@"
fi

if [[ ${1:-} == mongod ]]; then
  from_file MONGO_INITDB_ROOT_USERNAME
  from_file MONGO_INITDB_ROOT_PASSWORD
  user=${MONGO_INITDB_ROOT_USERNAME:-}
  [[ -n $user && -n ${MONGO_INITDB_ROOT_PASSWORD:-} || -z $user && -z ${MONGO_INITDB_ROOT_PASSWORD:-} ]] ||
    fail "MONGO_INITDB_ROOT_USERNAME and MONGO_INITDB_ROOT_PASSWORD belong together: only one is set"
  SETTINGS=$(mongod "${@:2}" --outputConfig) || fail "mongod refuses these options: ${*:2}"
  data=$(setting dbPath)
  data=${data:-/data/db}
  if [[ ! -e $data/WiredTiger && ! -e $data/storage.bson || -e $data/.initialising ]]; then
    if [[ -n $user || -n $(ls -A "$INIT_FOLDER") ]]; then initialise "$data"; fi
  fi
  [[ -z $user ]] || set -- "$@" --auth
  [[ -n $(setting bindIp) || $(setting bindIpAll) == true ]] || set -- "$@" --bind_ip_all
  unset "${!MONGO_INITDB_@}"
fi

exec "$@"
