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
