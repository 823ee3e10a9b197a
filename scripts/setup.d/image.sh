# shellcheck shell=bash
# The database image: the one that was asked for, the official one, or a local one built from packages.

IMAGE_OFFICIAL=mongo:7.0
IMAGE_LOCAL=ops-mongo:$MONGOD_VERSION
IMAGE_BASE=ops-base:bookworm

image_present() { docker image inspect "$1" >/dev/null 2>&1; }

# image_asked: what the environment or .env says; nothing if neither does.
image_asked() {
  if [[ -n ${OPS_MONGO_IMAGE:-} ]]; then echo "$OPS_MONGO_IMAGE"; else env_get OPS_MONGO_IMAGE; fi
}

image_recipe() { fingerprint "$ROOT"/stack/image/* "$ROOT"/stack/tools/go.*; }

# A local image built from an older recipe counts as missing.
image_usable() {
  image_present "$1" || return 1
  [[ $1 != "$IMAGE_LOCAL" ]] ||
    [[ $(docker image inspect -f '{{index .Config.Labels "ops.recipe"}}' "$1") == "$(image_recipe)" ]]
}

image_state() {
  local asked image
  asked=$(image_asked)
  for image in ${asked:-"$IMAGE_OFFICIAL" "$IMAGE_LOCAL"}; do
    image_usable "$image" && echo "$image" && return 0
  done
  echo "no database image yet (${asked:-$IMAGE_OFFICIAL, or a local one})"
  return 1
}

image_install() {
  local asked
  asked=$(image_asked)
  if [[ $asked == "$IMAGE_LOCAL" ]]; then
    image_build
  elif [[ -n $asked ]]; then
    step "pulling $asked: OPS_MONGO_IMAGE asks for it"
    timeout 900 docker pull -q "$asked" || fail "$asked cannot be pulled; unset OPS_MONGO_IMAGE to build one locally"
  elif timeout 6 docker manifest inspect "$IMAGE_OFFICIAL" >/dev/null 2>&1 &&
    step "pulling $IMAGE_OFFICIAL: this machine reaches its registry" &&
    timeout 900 docker pull -q "$IMAGE_OFFICIAL"; then
    return
  else
    step "$IMAGE_OFFICIAL cannot be had here: building $IMAGE_LOCAL from packages"
    image_build
  fi
}

# image_choice: the image that compose is told to use.
image_choice() {
  local asked
  asked=$(image_asked)
  if [[ -n $asked ]]; then
    echo "$asked"
  elif image_present "$IMAGE_OFFICIAL"; then
    echo "$IMAGE_OFFICIAL"
  else
    echo "$IMAGE_LOCAL"
  fi
}

image_build() {
  local folder
  server_mongod
  server_mongosh
  tools_build
  image_present "$IMAGE_BASE" || image_base
  step "building $IMAGE_LOCAL: mongod $MONGOD_VERSION, mongosh, MongoDB's tools $TOOLS_VERSION"
  folder=$(work_folder image)
  cp "$ROOT"/stack/image/{Dockerfile,docker-entrypoint.sh} "$folder/"
  mkdir -p "$folder/bin"
  cp "$(server_mongod_file)" "$(tools_folder)"/* "$(server_mongosh_folder)/bin/node" "$folder/bin/"
  cp -r "$(server_mongosh_folder)/node_modules" "$folder/node_modules"
  docker build -q --label "ops.recipe=$(image_recipe)" -t "$IMAGE_LOCAL" "$folder" >"$CACHE/image.log" 2>&1 9>&- ||
    fail "docker build failed: $(tail -n 15 "$CACHE/image.log")"
  rm -rf "$folder"
}

# Debian's own smallest system, from the mirror that this machine's apt uses.
image_base() {
  local folder tar=$CACHE/base/bookworm.tar
  if [[ ! -e $tar ]]; then
    need_root "debootstrap"
    packages_need "making a base image" debootstrap
    step "making a Debian base with debootstrap: no image can be pulled (about 30 s)"
    folder=$(work_folder base)
    debootstrap --variant=minbase --include=libcurl4,libssl3,ca-certificates bookworm \
      "$folder/root" "$(packages_mirror)" >"$CACHE/debootstrap.log" 2>&1 9>&- ||
      fail "debootstrap failed: $(tail -n 5 "$CACHE/debootstrap.log")"
    rm -rf "$folder"/root/var/cache/apt/archives/*.deb "$folder"/root/var/lib/apt/lists/* \
      "$folder"/root/usr/share/{doc,man,locale}/*
    tar -C "$folder/root" --exclude=./dev --exclude=./proc --exclude=./sys -cf "$folder/base.tar" .
    put_in_place "$folder/base.tar" "$tar"
    rm -rf "$folder"
  fi
  docker import "$tar" "$IMAGE_BASE" >/dev/null
}
