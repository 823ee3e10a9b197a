# shellcheck shell=bash
# Compose v2. Debian 12 has none: the plugin of the next release is one file, taken from the same mirror.

COMPOSE_SUITE=trixie
COMPOSE_PACKAGE=docker-compose

compose_state() {
  local version
  if version=$(docker compose version --short 2>/dev/null); then
    echo "docker compose $version"
  else
    echo "no 'docker compose': the stack is described by a compose file" && return 1
  fi
}

compose_install() {
  local plugin=$CACHE/compose/docker-compose
  [[ -x $plugin ]] || compose_download "$plugin"
  if is_root; then
    compose_place /usr/local/lib/docker/cli-plugins
  else
    compose_place "${DOCKER_CONFIG:-$HOME/.docker}/cli-plugins"
  fi
}

compose_place() {
  step "installing the plugin in $1"
  mkdir -p "$1"
  cp "$CACHE/compose/docker-compose" "$1/.docker-compose.new"
  mv "$1/.docker-compose.new" "$1/docker-compose"
}

compose_download() {
  local plugin=$1 folder mirror
  have apt-get || fail "install compose v2 by hand: this is not a Debian-like system"
  # apt knows its mirror only once it has been there.
  if [[ -z $(packages_mirror) ]] && is_root; then packages_refresh; fi
  mirror=$(packages_mirror)
  [[ -n $mirror ]] || fail "no Debian mirror in apt's sources to take compose v2 from"
  step "downloading $COMPOSE_PACKAGE of Debian $COMPOSE_SUITE: this release has no compose v2"
  folder=$(work_folder compose)
  mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial" "$folder/out"
  echo "deb $mirror $COMPOSE_SUITE main" >"$folder/sources.list"
  # Lists and cache of its own: the machine's apt never learns of the other release.
  retry 3 compose_apt "$folder" update || fail "cannot read $COMPOSE_SUITE: $(tail -n 3 "$CACHE/apt.log")"
  retry 3 compose_apt "$folder" download "$COMPOSE_PACKAGE" || fail "download failed: $(tail -n 3 "$CACHE/apt.log")"
  dpkg-deb -x "$folder"/out/"$COMPOSE_PACKAGE"_*.deb "$folder/x"
  put_in_place "$(find "$folder/x" -type f -path '*cli-plugins/docker-compose')" "$plugin"
  rm -rf "$folder"
}

compose_apt() {
  local folder=$1
  shift
  (cd "$folder/out" && apt-get -qq \
    -o Dir::Etc::SourceList="$folder/sources.list" -o Dir::Etc::SourceParts=- \
    -o Dir::State::Lists="$folder/lists" -o Dir::Cache="$folder/cache" \
    -o APT::Sandbox::User=root "$@") >>"$CACHE/apt.log" 2>&1
}
