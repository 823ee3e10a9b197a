#!/usr/bin/env bash
# The job's command line: mongosh has a --verbose of its own, so ours is turned into LOG_LEVEL here.
set -euo pipefail

for argument; do
  case $argument in
    --verbose | -v) export LOG_LEVEL=DEBUG ;;
    *) echo "migration: unknown argument $argument (only --verbose is known)" >&2 && exit 2 ;;
  esac
done

exec mongosh --nodb --quiet --norc --file "$(dirname "$0")/main.js"
