# shellcheck shell=bash
# versitygw: an S3 server for the tests, built from the pinned source in stack/s3. Nothing else of ops needs it.

S3_VERSION=1.8.0

s3_state() {
  if s3_ready; then
    echo "versitygw $S3_VERSION ($CACHE/bin/versitygw)"
  else
    echo "no versitygw $S3_VERSION: the tests of S3 copies need a server" && return 1
  fi
}

s3_install() {
  [[ -x $(s3_file) ]] || s3_build
  ln -sfn "$(s3_file)" "$CACHE/bin/versitygw"
}

s3_file() { echo "$CACHE/versitygw/$S3_VERSION/versitygw"; }
s3_ready() {
  [[ $(readlink "$CACHE/bin/versitygw") == "$(s3_file)" ]] && "$CACHE/bin/versitygw" --help >/dev/null 2>&1
}

s3_build() {
  have go || fail "building the S3 server of the tests needs Go 1.25 or newer"
  step "building versitygw $S3_VERSION with Go: no package of this system has it (about 75 s)"
  local new
  new=$(work_folder s3)
  cp "$ROOT"/stack/s3/go.{mod,sum} "$new/"
  retry 3 s3_compile "$new" || fail "building versitygw failed: $(tail -n 5 "$CACHE/go.log")"
  rm -f "$new"/go.{mod,sum}
  put_in_place "$new" "$(dirname "$(s3_file)")"
}

s3_compile() {
  (cd "$1" && CGO_ENABLED=0 GOWORK=off go build -mod=readonly -trimpath -buildvcs=false -ldflags "-s -w" \
    -o versitygw github.com/versity/versitygw/cmd/versitygw) 9>&- >"$CACHE/go.log" 2>&1
}
