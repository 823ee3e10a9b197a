# shellcheck shell=bash
# The database as a plain process, where no Docker engine can be had: the same data, the same commands.

host_cache() {
  if [[ -n ${OPS_CACHE:-} ]]; then
    echo "$OPS_CACHE"
  elif [[ $(id -u) == 0 ]]; then
    echo /var/cache/ops
  else
    echo "${XDG_CACHE_HOME:-$HOME/.cache}/ops"
  fi
}

host_start() {
  PATH=$PATH:$(host_cache)/bin
  HOST_FOLDER=$(mktemp -d -t ops-demo.XXXXXX)
  trap host_stop EXIT
  local port
  port=$(host_free_port)
  export DEMO_HOST=127.0.0.1:$port OPS_STATE=$HOST_FOLDER/state
  export MONGO_INITDB_ROOT_USERNAME=healthcare_admin MONGO_INITDB_ROOT_PASSWORD
  MONGO_INITDB_ROOT_PASSWORD=$(head -c 24 /dev/urandom | base64 | tr '+/' '-_')
  mkdir "$HOST_FOLDER/db"
  (umask 077 && head -c 756 /dev/urandom | base64 -w 0 >"$HOST_FOLDER/key")
  echo "mongod on $DEMO_HOST, files in $HOST_FOLDER"
  mongod --dbpath "$HOST_FOLDER/db" --port "$port" --bind_ip 127.0.0.1 --replSet rs0 --keyFile "$HOST_FOLDER/key" \
    --unixSocketPrefix "$HOST_FOLDER" --wiredTigerCacheSizeGB 1 --oplogSize 512 >"$HOST_FOLDER/mongod.log" 2>&1 &
  HOST_PID=$!
  host_wait "$port"
  # Allowed without a password once, from this machine: the first user.
  mongosh --quiet --norc "mongodb://$DEMO_HOST/admin?directConnection=true" \
    --eval "$(cat "$ROOT/stack/demo/initiate.js")" >/dev/null
  host_configuration >"$HOST_FOLDER/ops.yaml"
  # shellcheck disable=SC2034 # used by ops in lib.sh
  OPS_ARGUMENTS=(--config "$HOST_FOLDER/ops.yaml")
}

host_free_port() {
  node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })'
}

host_wait() {
  local tries
  for ((tries = 0; tries < 300; tries++)); do
    (: </dev/tcp/127.0.0.1/"$1") 2>/dev/null && return
    kill -0 "$HOST_PID" 2>/dev/null || break
    sleep 0.1
  done
  give_up "mongod does not answer: $(tail -n 3 "$HOST_FOLDER/mongod.log")"
}

host_stop() {
  if [[ -n ${HOST_PID:-} ]]; then
    kill "$HOST_PID" 2>/dev/null || true
    wait "$HOST_PID" 2>/dev/null || true
  fi
  rm -rf "$HOST_FOLDER"
}

# The reference configuration without the stack around it.
host_configuration() {
  cat <<YAML
version: 1
name: healthcare
targets:
  medical:
    uri: mongodb://$DEMO_HOST/?directConnection=true
    databases: [medical_records]
    credentials: { username: '\${MONGO_INITDB_ROOT_USERNAME}', password: '\${MONGO_INITDB_ROOT_PASSWORD}', authSource: admin }
backup: { shelf: ./backups }
pitr: { enabled: true, every: 60s }
YAML
}

host_load() {
  MONGO_URI="mongodb://$DEMO_HOST/?directConnection=true" MONGO_USERNAME=$MONGO_INITDB_ROOT_USERNAME \
    MONGO_PASSWORD=$MONGO_INITDB_ROOT_PASSWORD DATA_FOLDER=$ROOT/data \
    bash "$ROOT/stack/migration/run.sh"
}

host_mongosh() { mongosh --nodb --quiet --norc "$@" </dev/null; }

host_guide() {
  echo
  echo "The guide: mongorestore --gzip --archive=… over the damaged database"
  mongorestore --gzip --archive="$HOST_FOLDER/backups/medical/latest.archive.gz" --nsInclude='medical_records.*' \
    --host="$DEMO_HOST" --username="$MONGO_INITDB_ROOT_USERNAME" --authenticationDatabase=admin \
    --config=<(printf 'password: %s\n' "$MONGO_INITDB_ROOT_PASSWORD") 2>&1 | tail -n 1 | sed 's/^[^ \t]*[ \t]*/  /'
  echo "  exit code ${PIPESTATUS[0]}"
}
