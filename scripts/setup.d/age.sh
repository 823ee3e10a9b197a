# shellcheck shell=bash
# The age program. ops itself does not need it: the tests do, to prove that it opens what ops wrote, and the other way
# round. Whoever restores without ops needs it too.

age_state() {
  local name missing=()
  for name in age age-keygen; do
    have "$name" || missing+=("$name")
  done
  if ((${#missing[@]})); then
    echo "not on the PATH: ${missing[*]}" && return 1
  fi
  echo "age $(age --version) ($(command -v age))"
}

age_install() {
  packages_need 'tests of encrypted backups against the age program' age
}
