# shellcheck shell=bash
# .env: the password and the choices of this machine. What is in there is never changed, only what is missing is added.

ENV_FILE=$ROOT/.env
ENV_KEYS=(OPS_MONGO_IMAGE MONGO_ROOT_USERNAME MONGO_ROOT_PASSWORD MONGO_DATABASE UI_PASSWORD OPS_UID OPS_GID LOG_LEVEL)

env_get() { [[ ! -e $ENV_FILE ]] || sed -n "s/^$1=//p" "$ENV_FILE" | tail -n 1; }
env_missing() {
  local key
  for key in "${ENV_KEYS[@]}"; do
    grep -qs "^$key=" "$ENV_FILE" || echo "$key"
  done
}

env_state() {
  local missing
  missing=$(env_missing)
  if [[ ! -e $ENV_FILE ]]; then
    echo "no .env: the stack needs a password" && return 1
  elif [[ -n $missing ]]; then
    echo ".env lacks ${missing//$'\n'/ }" && return 1
  elif [[ $(stat -c %a "$ENV_FILE") != 600 ]]; then
    echo ".env can be read by others" && return 1
  fi
  echo ".env, readable by its owner only"
}

env_install() {
  local new key missing
  missing=$(env_missing)
  new=$(umask 077 && mktemp "$ROOT/.env.XXXXXX.partial")
  if [[ -e $ENV_FILE ]]; then cat "$ENV_FILE" >"$new"; fi
  # A last line without its end would swallow the first one added.
  [[ -z $(tail -c 1 "$new") ]] || echo >>"$new"
  if [[ $missing == *PASSWORD* ]]; then env_warn; fi
  step "writing ${missing//$'\n'/ }"
  for key in $missing; do
    printf '%s=%s\n' "$key" "$(env_value "$key")" >>"$new"
  done
  chmod 600 "$new"
  mv "$new" "$ENV_FILE"
}

env_value() {
  case $1 in
    OPS_MONGO_IMAGE) image_choice ;;
    MONGO_ROOT_USERNAME) env_of_database MONGO_INITDB_ROOT_USERNAME || echo healthcare_admin ;;
    MONGO_ROOT_PASSWORD) env_of_database MONGO_INITDB_ROOT_PASSWORD || env_secret ;;
    MONGO_DATABASE) echo medical_records ;;
    UI_PASSWORD) env_secret ;;
    OPS_UID) id -u ;;
    OPS_GID) id -g ;;
    LOG_LEVEL) echo INFO ;;
  esac
}

# 32 letters and digits: safe in a URL, a shell and a YAML file alike.
env_secret() {
  local secret=''
  while ((${#secret} < 32)); do
    secret+=$(head -c 64 /dev/urandom | base64 | tr -dc 'A-Za-z0-9')
  done
  echo "${secret:0:32}"
}

# Without its container nobody knows the password of a database that an earlier checkout left.
env_warn() {
  local volume=${STACK_PREFIX:-healthcare}_mongo_data
  env_of_database MONGO_INITDB_ROOT_PASSWORD >/dev/null && return
  docker volume inspect "$volume" >/dev/null 2>&1 || return 0
  step "WARNING: volume $volume has a password that is not known here. To start afresh: docker volume rm $volume"
}

# A database that an earlier checkout created keeps the password it was created with.
env_of_database() {
  local value
  value=$(docker inspect -f '{{range .Config.Env}}{{println .}}{{end}}' "${STACK_PREFIX:-healthcare}_mongodb" 2>/dev/null |
    sed -n "s/^$1=//p")
  [[ -n $value ]] && echo "$value"
}
