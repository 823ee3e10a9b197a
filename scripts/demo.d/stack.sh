# shellcheck shell=bash
# The database in its container.

stack_start() {
  ops stack up && return
  # A volume outlives its clone, and a database keeps the password that it was made with.
  local said
  said=$(docker logs --tail 200 "${STACK_PREFIX:-healthcare}_mongodb" 2>/dev/null) || said=''
  if [[ $said == *'"Authentication failed"'* ]]; then
    give_up "the volume of this stack is there already, made with another password than that of .env here.
  Use the .env of the clone that made it, or remove it with all that it holds: docker compose down --volumes"
  fi
  give_up 'the stack does not start (see above, and: docker compose logs mongodb)'
}

stack_load() {
  if [[ $(documents) == 54966 ]]; then
    echo "The data set is loaded already."
  else
    ops pipeline run
  fi
}

stack_mongosh() { docker compose exec -T mongodb mongosh --nodb --quiet --norc "$@" </dev/null; }

# The guide restores over the damaged database. The password goes through a file that only the container sees.
stack_guide() {
  echo
  echo "The guide: mongorestore --gzip --archive=… over the damaged database"
  # shellcheck disable=SC2016 # the variables are the container's
  docker compose exec -T mongodb bash -c 'mongorestore --gzip --archive --nsInclude="medical_records.*" \
    --username="$MONGO_INITDB_ROOT_USERNAME" --authenticationDatabase=admin \
    --config=<(printf "password: %s\n" "$MONGO_INITDB_ROOT_PASSWORD") 2>&1 | tail -n 1 | sed "s/^[^ \t]*[ \t]*/  /"
    echo "  exit code ${PIPESTATUS[0]}"' <backups/medical/latest.archive.gz
}
