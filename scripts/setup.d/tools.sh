# shellcheck shell=bash
# mongodump, mongorestore and bsondump: those on the PATH, or built from the pinned source in stack/tools.

TOOLS_VERSION=100.13.0
TOOLS_NAMES=(mongodump mongorestore bsondump)

tools_state() {
  local name missing=()
  for name in "${TOOLS_NAMES[@]}"; do
    { have "$name" && "$name" --version >/dev/null 2>&1; } || missing+=("$name")
  done
  if ((${#missing[@]})); then
    echo "not on the PATH: ${missing[*]}" && return 1
  fi
  mongodump --version | awk 'NR == 1 { print "mongodump " $NF }' | sed "s|\$| ($(command -v mongodump))|"
}

tools_install() {
  tools_build
  local name
  for name in "${TOOLS_NAMES[@]}"; do
    ln -sfn "$(tools_folder)/$name" "$CACHE/bin/$name"
    if is_root && ! { [[ -x /usr/local/bin/$name ]] && "/usr/local/bin/$name" --version >/dev/null 2>&1; }; then
      ln -sfn "$CACHE/bin/$name" "/usr/local/bin/$name"
    fi
  done
  hash -r
  is_root || step "for your own shell: PATH=\$PATH:$CACHE/bin"
}

tools_folder() { echo "$CACHE/tools/$TOOLS_VERSION"; }

tools_built() {
  local name
  for name in "${TOOLS_NAMES[@]}"; do
    [[ -x $(tools_folder)/$name ]] || return 1
  done
}

# tools_build: also feeds the database image, so that both sides of a backup speak the same version.
tools_build() {
  tools_built && return
  have go || fail "building MongoDB's tools needs Go 1.21 or newer: install it, or put ${TOOLS_NAMES[*]} on the PATH"
  step "building MongoDB's tools $TOOLS_VERSION with Go: no package of this system has them (about 40 s)"
  local new name
  new=$(work_folder tools)
  cp "$ROOT"/stack/tools/go.{mod,sum} "$new/"
  for name in "${TOOLS_NAMES[@]}"; do
    retry 3 tools_compile "$new" "$name" || fail "building $name failed: $(tail -n 5 "$CACHE/go.log")"
  done
  rm -f "$new"/go.{mod,sum}
  put_in_place "$new" "$(tools_folder)"
}

tools_compile() {
  (cd "$1" && CGO_ENABLED=0 GOWORK=off go build -mod=readonly -trimpath -buildvcs=false \
    -ldflags "-s -w -X main.VersionStr=$TOOLS_VERSION" \
    -o "$2" "github.com/mongodb/mongo-tools/$2/main") 9>&- >"$CACHE/go.log" 2>&1
}
