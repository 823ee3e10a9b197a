# shellcheck shell=bash
# A Docker engine that answers: the one that is there, or Debian's docker.io started here.

ENGINE_LOG=/var/log/ops-dockerd.log
ENGINE_RUN=/var/run
ENGINE_PID='' # of the dockerd that this run started

engine_answers() { have docker && timeout 10 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

engine_state() {
  if engine_answers; then
    echo "Docker $(docker version --format '{{.Server.Version}}') answers"
  elif [[ -S $ENGINE_RUN/docker.sock && ! -w $ENGINE_RUN/docker.sock ]]; then
    echo "a Docker engine runs, and $(id -un) may not talk to it" && return 1
  elif have dockerd; then
    echo "dockerd is installed and does not answer" && return 1
  else
    echo "no Docker engine: the stack runs in containers" && return 1
  fi
}

engine_install() {
  [[ -z ${DOCKER_HOST:-} ]] || fail "DOCKER_HOST is $DOCKER_HOST, and no engine answers there"
  if [[ -S $ENGINE_RUN/docker.sock && ! -w $ENGINE_RUN/docker.sock ]]; then
    fail "$(id -un) must be in the group of $ENGINE_RUN/docker.sock: sudo usermod -aG docker $(id -un), then log in again"
  fi
  if ! have docker || ! have dockerd; then
    packages_need "no Docker engine on this machine" docker.io iptables ca-certificates
  fi
  engine_answers || engine_start
}

# engine_forget FILE PROGRAM: a pid file that outlived its process stops the next start when the number is taken again.
engine_forget() {
  local pid
  pid=$(cat "$1" 2>/dev/null) || return 0
  [[ -n $pid && $(cat "/proc/$pid/comm" 2>/dev/null) == "$2" ]] && return 0
  step "removing $1: it was left by a $2 that is gone"
  rm -f "$1"
}

engine_start() {
  need_root "starting dockerd"
  if [[ -d /run/systemd/system ]] && have systemctl; then
    step "starting the docker service: it is installed and does not run"
    systemctl start docker || fail "systemctl start docker failed: journalctl -u docker says why"
    engine_wait 60 || fail "the docker service runs, and its socket does not answer"
    return
  fi
  engine_forget "$ENGINE_RUN/docker.pid" dockerd
  engine_forget "$ENGINE_RUN/docker/containerd/containerd.pid" containerd
  if [[ -e $ENGINE_RUN/docker.pid ]]; then
    step "dockerd runs already: waiting for its socket"
  else
    step "starting dockerd: nothing else does on this machine (log: $ENGINE_LOG)"
    setsid dockerd >>"$ENGINE_LOG" 2>&1 </dev/null 9>&- &
    ENGINE_PID=$!
  fi
  engine_wait 60 || fail "dockerd does not answer. Its last words in $ENGINE_LOG:
$(grep -v level=info "$ENGINE_LOG" 2>/dev/null | tail -n 8)"
}

engine_wait() {
  local until=$((SECONDS + $1))
  until engine_answers; do
    ((SECONDS < until)) || return 1
    [[ -z $ENGINE_PID ]] || kill -0 "$ENGINE_PID" 2>/dev/null || return 1
    sleep 0.3
  done
}
