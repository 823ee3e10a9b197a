# shellcheck shell=bash
# Debian packages, asked for by the parts that need them and only when they do.

APT_UPDATED=''

apt_quiet() {
  DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 "$@" 9>&- >>"$CACHE/apt.log" 2>&1
}

# packages_refresh: once a run, and only if something has to be installed.
packages_refresh() {
  [[ -z $APT_UPDATED ]] || return 0
  retry 3 apt_quiet update || fail "apt-get update failed: $(tail -n 3 "$CACHE/apt.log")"
  APT_UPDATED=1
}

# packages_mirror: the mirror that this machine's own apt uses, whichever way its sources are written.
packages_mirror() {
  # shellcheck disable=SC2016 # apt's own placeholders
  apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk '$3 == "main" && $2 !~ /-/ { print $1; exit }'
}

# packages_need WHY PACKAGE…: installs those that are missing.
packages_need() {
  local why=$1 package missing=()
  shift
  have apt-get || fail "$why needs $*, and this is not a Debian-like system: install them by hand"
  for package; do
    [[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null) == ii* ]] || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  need_root "$why: installing ${missing[*]}"
  step "installing ${missing[*]}: $why"
  # An install that was cut short leaves packages half configured, and apt refuses everything until they are.
  DEBIAN_FRONTEND=noninteractive dpkg --configure -a >>"$CACHE/apt.log" 2>&1 9>&- || true
  packages_refresh
  retry 3 apt_quiet install --no-install-recommends "${missing[@]}" ||
    fail "apt-get install ${missing[*]} failed: $(tail -n 3 "$CACHE/apt.log")"
}
