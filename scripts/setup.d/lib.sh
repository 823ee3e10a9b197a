# shellcheck shell=bash
# What every part needs: words, the cache, temporary folders, retries.

if [[ -n ${OPS_CACHE:-} ]]; then
  CACHE=$OPS_CACHE
elif [[ $(id -u) == 0 ]]; then
  CACHE=/var/cache/ops
else
  CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/ops
fi
PATH=$PATH:$CACHE/bin

say() { printf '%s\n' "$*"; }
report() { printf '%-8s %-8s %s\n' "$1" "$2" "$3"; }
step() { printf '%-8s %-8s %s\n' '' '' "$*"; }
fail() {
  printf 'setup: %s\n' "$*" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }
is_root() { [[ $(id -u) == 0 ]]; }

# need_root WHAT: only what needs root asks for it.
need_root() {
  is_root || fail "$1 needs root: run 'sudo scripts/setup', or ask for it to be installed"
}

# retry COUNT COMMAND…: registries answer late at times; a second try costs seconds, a failed setup a night.
retry() {
  local left=$1
  shift
  until "$@"; do
    ((--left > 0)) || return 1
    step "that failed; trying again in 3 s ($left left): $1"
    sleep 3
  done
}

# Two setups at once would build the same thing twice. The lock is closed in whatever outlives this run.
one_at_a_time() {
  mkdir -p "$CACHE/bin"
  exec 9>"$CACHE/setup.lock"
  if ! flock --nonblock 9; then
    say "Another setup is running: waiting for it."
    flock --timeout 1800 9 || fail "another setup has held $CACHE/setup.lock for 30 minutes"
  fi
  # Holding the lock, whatever is here was left by a run that was cut short.
  rm -rf "$CACHE/tmp"
}

# work_folder NAME: everything is made in here and renamed into place when whole.
work_folder() {
  local folder=$CACHE/tmp/$1
  rm -rf "$folder"
  mkdir -p "$folder"
  printf '%s\n' "$folder"
}

# put_in_place NEW PLACE: a whole file or folder takes the place of an older one.
put_in_place() {
  mkdir -p "$(dirname "$2")"
  rm -rf "$2"
  mv "$1" "$2"
}

# fingerprint FILE…: changes when any of the files does.
fingerprint() { cat "$@" | sha256sum | cut -c1-16; }
