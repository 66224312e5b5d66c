# shellcheck shell=bash
# What the scripts in tools/ share. Source it; it defines functions and TREMPLIN_ROOT, and does nothing else.

TREMPLIN_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
readonly TREMPLIN_ROOT
# shellcheck disable=SC2034
readonly TREMPLIN_CACHE=$TREMPLIN_ROOT/.cache

say() { printf '%s\n' "$*"; }

# A line that must not be overlooked, on standard error.
warn() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

die() {
  warn "$*"
  exit 1
}

# Ends a script that was called with arguments it does not understand.
die_usage() {
  warn "$*"
  warn "see: $0 --help"
  exit 2
}

have() { command -v "$1" >/dev/null 2>&1; }

in_ci() { [[ ${CI:-} == true ]]; }

# Runs a command under a heading and reports how long it took: the reader of a long log finds each step by it.
step() {
  local title=$1 began=$SECONDS status=0 end=finished
  shift
  printf '\n==> %s\n' "$title"
  "$@" || status=$?
  [[ $status == 0 ]] || end="FAILED ($status)"
  printf -- '--- %s: %s after %d s\n' "$title" "$end" "$((SECONDS - began))"
  return "$status"
}

# Polls a command until it succeeds; fails when the seconds given have passed.
wait_until() {
  local seconds=$1 deadline
  shift
  deadline=$((SECONDS + seconds))
  until "$@"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}

# The process group of the command that run_child runs now, if any.
CHILD=''

# Runs a command in a process group of its own, so that end_child can end all of it at any moment. (A shell that
# waits for a plain command looks at its signals only after the command has ended.)
run_child() {
  local status=0
  set -m
  "$@" &
  CHILD=$!
  set +m
  wait "$CHILD" || status=$?
  CHILD=''
  return "$status"
}

end_child() {
  [[ -n $CHILD ]] || return 0
  kill -TERM -- "-$CHILD" 2>/dev/null || true
  wait "$CHILD" || true
}

# Starts servers in the folder and exports their addresses. One that cannot be had is left out: loudly for a person,
# a failure in CI.
start_servers() {
  if ! tools/servers start "$1"; then
    ! in_ci || die "CI=true and not every server could be started"
    warn "############################################################################"
    warn "# NOT EVERY SERVER COULD BE STARTED: the tests that need it will be SKIPPED #"
    warn "############################################################################"
  fi
  # shellcheck source=/dev/null
  source "$1/env.sh"
}

# The folder of everything that a run of tests or measurements leaves behind; TMPDIR names it to them.
WORKSPACE=''

open_workspace() {
  WORKSPACE=$(mktemp -d "${TMPDIR:-/tmp}/tremplin.XXXXXX")
  chmod 755 "$WORKSPACE" # PostgreSQL runs as another user under root
  export TMPDIR=$WORKSPACE
}

# Ends every server in the workspace, in whatever state, also those of a test that was killed before it could.
close_workspace() {
  local file folders
  [[ -n $WORKSPACE ]] || return 0
  folders=$(find "$WORKSPACE" -mindepth 3 -name pid 2>/dev/null | while read -r file; do
    printf '%s\n' "${file%/*/pid}"
  done | sort -u)
  while read -r file; do
    [[ -z $file ]] || tools/servers kill "$file" || true
  done <<<"$folders"
  rm -rf "$WORKSPACE"
  WORKSPACE=''
}

# free_ports COUNT: prints so many. They lie below the range that the kernel gives to outgoing connections, so that a server
# can be started again on its port.
free_ports() {
  python3 - "$1" <<'END'
import random, socket, sys
held = []
while len(held) < int(sys.argv[1]):
    candidate = socket.socket()
    try:
        candidate.bind(("127.0.0.1", random.randrange(20000, 32000)))
        held.append(candidate)
    except OSError:
        candidate.close()
print(*(s.getsockname()[1] for s in held))
END
}
