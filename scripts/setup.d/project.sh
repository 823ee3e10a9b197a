# shellcheck shell=bash
# What the project itself is built from: npm packages, the compiled commands, the data set.

# npm keeps what it installed in a lockfile of its own. Ours remembers which package-lock.json that was.
PROJECT_STAMP=$ROOT/node_modules/.ops-installed

project_packages_current() {
  [[ -e $ROOT/node_modules/.package-lock.json ]] &&
    [[ $(cat "$PROJECT_STAMP" 2>/dev/null) == "$(fingerprint "$ROOT/package-lock.json")" ]]
}

# The manifest is the last thing that a build writes; folders count too, for a file that was removed.
project_build_current() {
  local built=$ROOT/oclif.manifest.json
  [[ -e $built && -d $ROOT/dist ]] &&
    [[ -z $(find "$ROOT/src" "$ROOT"/package.json "$ROOT"/tsconfig*.json "$PROJECT_STAMP" \
      -newer "$built" -print -quit) ]]
}

project_state() {
  if [[ ! -e $ROOT/package.json ]]; then
    echo "no package.json: nothing to build"
  elif ! project_packages_current; then
    echo "node_modules is not what package-lock.json says" && return 1
  elif ! project_build_current; then
    echo "dist is older than the sources" && return 1
  else
    echo "npm packages installed, commands built"
  fi
}

project_install() {
  have npm || fail "Node.js 20.19 or newer with npm is needed: install it"
  if ! project_packages_current; then
    step "npm ci: installing what package-lock.json names"
    (cd "$ROOT" && retry 3 npm ci --no-audit --no-fund --loglevel=error) 9>&- >"$CACHE/npm.log" 2>&1 ||
      fail "npm ci failed: $(tail -n 15 "$CACHE/npm.log")"
    fingerprint "$ROOT/package-lock.json" >"$PROJECT_STAMP"
  fi
  step "npm run build: compiling the commands"
  (cd "$ROOT" && npm run --silent build) 9>&- >"$CACHE/build.log" 2>&1 ||
    fail "npm run build failed: $(tail -n 30 "$CACHE/build.log")"
}
