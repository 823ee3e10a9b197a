# shellcheck shell=bash
# systemd-analyze and crontab, for tests: what ops writes for a scheduler is read by that scheduler's own programs.
# Nothing of them is started here: neither a container nor a machine that only runs tests needs a second cron.

schedulers_state() {
  local name missing=()
  for name in systemd-analyze crontab; do
    have "$name" || missing+=("$name")
  done
  if ((${#missing[@]})); then
    echo "not on the PATH: ${missing[*]}" && return 1
  fi
  echo "$(systemd-analyze --version | head -n 1 | cut -d' ' -f1,2), $(command -v crontab)"
}

schedulers_install() {
  local policy=/usr/sbin/policy-rc.d made=''
  # Debian asks this file whether an installed service may be started; 101 forbids it.
  if is_root && [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    made=1
  fi
  # In a subshell: a failure must not leave the file behind, or nothing could be started on this machine any more.
  local status=0
  (packages_need "reading schedules as their schedulers do" systemd cron) || status=$?
  [[ -z $made ]] || rm -f "$policy"
  ((status == 0)) || exit "$status"
  hash -r
}
