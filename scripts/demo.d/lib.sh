# shellcheck shell=bash
# Headings, the ops command, and what is asked of the database.

OPS_ARGUMENTS=()

heading() { printf '\n== %s %s\n' "$1" "$(printf '%*s' $((76 - ${#1})) '' | tr ' ' '=')"; }
grouped() { sed ':a; s/\B[0-9]\{3\}\>/,&/; ta' <<<"$1"; }
give_up() {
  printf 'demo: %s\n' "$*" >&2
  exit 1
}

quietly() {
  echo "Creating $1."
  shift
  "$@" >/dev/null
}

# The command as an operator types it, then what it says.
ops() {
  printf '\n$ ops %s\n' "$*"
  "$ROOT/bin/run.js" "$@" "${OPS_ARGUMENTS[@]}"
}

# in_database NAME: runs stack/demo/NAME.js. What it needs to sign in is in the environment, on either side.
in_database() { "${MODE}_mongosh" --eval "$(cat "$ROOT"/stack/demo/{connect,"$1"}.js)"; }

documents() { in_database documents; }

# fingerprint: "HASH;collection HASH indexes …;…" of medical_records.
fingerprint() { in_database fingerprint; }

show_fingerprint() {
  local name hash indexes
  printf 'dbHash of medical_records: %s\n' "${1%%;*}"
  while read -r name hash indexes; do
    printf '  %-16s %s  indexes: %s\n' "$name" "$hash" "$(wc -w <<<"$indexes")"
  done < <(tr ';' '\n' <<<"${1#*;}")
}
