# shellcheck shell=bash
# For the scripts of this folder, beside tools/lib.sh: cases that are counted like those of the other suites, and
# containers. Each script prints what tools/count_tests.py reads, and ends with 1 when a case failed.

PASSED=0
FAILED=()
SKIPPED=()

# run_case NAME: runs the function of that name by itself; a command in it that fails ends it.
run_case() {
  local name=$1 began=$SECONDS status=0
  printf '[ RUN      ] %s\n' "$SUITE.$name"
  set +e
  (set -e; "$name")
  status=$?
  set -e
  case "$status" in
    0) PASSED=$((PASSED + 1)); printf '[       OK ] %s (%d s)\n' "$SUITE.$name" "$((SECONDS - began))" ;;
    77) SKIPPED+=("$SUITE.$name"); printf '[  SKIPPED ] %s\n' "$SUITE.$name" ;;
    *) FAILED+=("$SUITE.$name"); printf '[  FAILED  ] %s (%d s)\n' "$SUITE.$name" "$((SECONDS - began))" ;;
  esac
}

# What a case says before it gives up: what is had on every machine is a failure in CI.
skip_unless_ci() {
  warn "$*"
  ! in_ci || return 1
  exit 77
}

# What a bare Debian cannot be sure to have.
skip() {
  warn "SKIPPED: $*"
  exit 77
}

# skip_all WHY: where no case can run.
skip_all() {
  warn "SKIPPED: $1"
  printf '[  SKIPPED ] 1 test, listed below:\n[  SKIPPED ] %s.All\n' "$SUITE"
}

# The services there are, one a line; the gateway is none.
services_of_the_system() { sed -n '/^set(TREMPLIN_SERVICES/,/)/p' cmake/Services.cmake | grep -oE '^ +[a-z]+' | tr -d ' '; }

finish_cases() {
  local name
  printf '[  PASSED  ] %d tests.\n' "$PASSED"
  if ((${#SKIPPED[@]})); then
    printf '[  SKIPPED ] %d tests, listed below:\n' "${#SKIPPED[@]}"
    for name in "${SKIPPED[@]}"; do printf '[  SKIPPED ] %s\n' "$name"; done
  fi
  ((${#FAILED[@]} == 0)) || { printf '[  FAILED  ] %d tests, listed below:\n' "${#FAILED[@]}"; return 1; }
}

# expect TEXT COMMAND…: the command succeeds and its output holds the text.
expect() {
  local text=$1 output
  shift
  output=$("$@" 2>&1) || { printf '%s\n' "$output" "failed: $*" >&2; return 1; }
  [[ $output == *"$text"* ]] || { printf '%s\n' "$output" "\"$text\" is missing from the output of: $*" >&2; return 1; }
}

# refuse TEXT COMMAND…: the command fails, and says the text.
refuse() {
  local text=$1 output
  shift
  if output=$("$@" 2>&1); then printf '%s\n' "$output" "should have failed: $*" >&2; return 1; fi
  [[ $output == *"$text"* ]] || { printf '%s\n' "$output" "\"$text\" is missing from the output of: $*" >&2; return 1; }
}

# Podman with a store of its own in the workspace, cgroups as a machine without systemd has them.
setup_podman() {
  PODMAN=$WORKSPACE/podman
  mkdir -p "$PODMAN/tmp" "$PODMAN/networks"
  cat >"$PODMAN/containers.conf" <<END
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "netavark"
network_config_dir = "$PODMAN/networks"
END
  printf '[storage]\ndriver = "overlay"\ngraphroot = "%s/graph"\nrunroot = "%s/run"\n' "$PODMAN" "$PODMAN" >"$PODMAN/storage.conf"
}

podman() {
  CONTAINERS_CONF=$PODMAN/containers.conf CONTAINERS_STORAGE_CONF=$PODMAN/storage.conf TMPDIR=$PODMAN/tmp command podman "$@"
}

close_podman() {
  [[ -n ${PODMAN:-} ]] || return 0
  podman rm --all --force --time 1 >/dev/null 2>&1 || true
  podman system reset --force >/dev/null 2>&1 || true
}
