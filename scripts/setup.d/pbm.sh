# shellcheck shell=bash
# Percona Backup for MongoDB: what `npm run bench -- --peers` measures ops against, built from the pinned source in
# stack/pbm. Nothing else of ops needs it.

PBM_VERSION=2.11.0
PBM_NAMES=(pbm pbm-agent)

pbm_state() {
  if pbm_ready; then
    echo "Percona Backup for MongoDB $PBM_VERSION ($CACHE/bin/pbm)"
  else
    echo "no Percona Backup for MongoDB $PBM_VERSION: the bench compares with it on demand" && return 1
  fi
}

pbm_install() {
  pbm_built || pbm_build
  local name
  for name in "${PBM_NAMES[@]}"; do
    ln -sfn "$(pbm_folder)/$name" "$CACHE/bin/$name"
  done
}

pbm_folder() { echo "$CACHE/pbm/$PBM_VERSION"; }

pbm_ready() {
  local name
  for name in "${PBM_NAMES[@]}"; do
    [[ $(readlink "$CACHE/bin/$name") == "$(pbm_folder)/$name" ]] || return 1
    "$CACHE/bin/$name" version --short >/dev/null 2>&1 || return 1
  done
}

pbm_built() {
  local name
  for name in "${PBM_NAMES[@]}"; do
    [[ -x $(pbm_folder)/$name ]] || return 1
  done
}

pbm_build() {
  have go || fail "building Percona Backup for MongoDB needs Go 1.25.1 or newer"
  step "building Percona Backup for MongoDB $PBM_VERSION with Go: no package of this system has it (about 70 s)"
  local new name
  new=$(work_folder pbm)
  cp "$ROOT"/stack/pbm/go.{mod,sum} "$new/"
  for name in "${PBM_NAMES[@]}"; do
    retry 3 pbm_compile "$new" "$name" || fail "building $name failed: $(tail -n 5 "$CACHE/go.log")"
  done
  rm -f "$new"/go.{mod,sum}
  put_in_place "$new" "$(pbm_folder)"
}

# Without cgo the programs run in any container. What is lost is Kerberos.
pbm_compile() {
  (cd "$1" && CGO_ENABLED=0 GOWORK=off go build -mod=readonly -trimpath -buildvcs=false -ldflags "-s -w" \
    -o "$2" "github.com/percona/percona-backup-mongodb/cmd/$2") 9>&- >"$CACHE/go.log" 2>&1
}
