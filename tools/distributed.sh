# shellcheck shell=bash
# Every service by itself, in two replicas each, and the gateway, on a Kafka, PostgreSQL and Redis of their own: for
# tools/run. Source it after tools/lib.sh and tools/process.sh. Everything is in one folder and ends with it.

readonly REPLICAS=2
readonly DISTRIBUTED_READY_SECONDS=120

distributed_folder=''
distributed_processes=() # their pid files

# The names of the services that have a store.
distributed_services() {
  local folder
  for folder in services/*/migrations; do basename "${folder%/migrations}"; done
}

# distributed_start PROGRAM NAME OPTION…
distributed_start() {
  local program=$1 name=$2
  shift 2
  process_start "$distributed_folder/$name.pid" "$distributed_folder/$name.log" "$BIN/$program" \
    --ready-file "$distributed_folder/$name.ready" --metrics-listen '' "$@"
  distributed_processes+=("$distributed_folder/$name.pid")
}

# True when a process has ended, too: it is not waited for.
distributed_ready_or_ended() {
  local pid_file
  for pid_file in "${distributed_processes[@]}"; do
    process_running "$pid_file" || return 0
    [[ -e ${pid_file%.pid}.ready ]] || return 1
  done
}

distributed_await() {
  local pid_file
  wait_until "$DISTRIBUTED_READY_SECONDS" distributed_ready_or_ended || die "not every service serves in time"
  for pid_file in "${distributed_processes[@]}"; do
    process_running "$pid_file" && continue
    tail -n 20 "${pid_file%.pid}.log" >&2
    die "a service did not start; its log is ${pid_file%.pid}.log"
  done
}

# distributed_up FOLDER WEB: starts all of it. Sets distributed_addresses, as tremplinctl takes them.
distributed_up() {
  local web=$2 service replica services ports key count=0 stores keys
  distributed_folder=$1
  tools/servers start "$distributed_folder/servers" >/dev/null || die "not every server could be started"
  # shellcheck source=/dev/null
  source "$distributed_folder/servers/env.sh"
  for key in master index service operator; do
    (umask 077; od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$distributed_folder/$key.key")
  done
  keys=(--service-key-file "$distributed_folder/service.key" --operator-key-file "$distributed_folder/operator.key"
    --master-key-file "$distributed_folder/master.key" --index-key-file "$distributed_folder/index.key")
  mapfile -t services < <(distributed_services)
  read -ra ports <<<"$(free_ports $((${#services[@]} * REPLICAS)))"
  distributed_addresses=''
  for service in "${services[@]}"; do
    for ((replica = 0; replica < REPLICAS; replica++)); do
      distributed_addresses+=${distributed_addresses:+,}$service=127.0.0.1:${ports[count++]}
    done
  done
  stores=(--kafka "$TREMPLIN_TEST_KAFKA" --database)
  for service in "${services[@]}"; do
    "$BIN/tremplin-$service" --migrate --database-owner "$TREMPLIN_TEST_POSTGRES" "${stores[@]}" \
      "${TREMPLIN_TEST_POSTGRES/postgres@/tremplin_$service@}" >>"$distributed_folder/migrate.log" 2>&1 ||
      die "the schema of $service could not be made; see $distributed_folder/migrate.log"
  done
  count=0
  for service in "${services[@]}"; do
    for ((replica = 1; replica <= REPLICAS; replica++)); do
      distributed_start "tremplin-$service" "$service-$replica" --demo --listen "127.0.0.1:${ports[count++]}" \
        --peers "$distributed_addresses" --redis "$TREMPLIN_TEST_REDIS" "${keys[@]}" "${stores[@]}" \
        "${TREMPLIN_TEST_POSTGRES/postgres@/tremplin_$service@}"
    done
  done
  distributed_start tremplin-gateway gateway --peers "$distributed_addresses" --redis "$TREMPLIN_TEST_REDIS" \
    --web-listen "$web"
  distributed_await
}

# SIGTERM to all, each of which drains; then the servers. Twice is once.
distributed_down() {
  local pid_file pid status=0
  [[ -n $distributed_folder ]] || return 0
  for pid_file in "${distributed_processes[@]}"; do
    ! pid=$(process_pid "$pid_file") || kill -TERM "$pid" || true
  done
  for pid_file in "${distributed_processes[@]}"; do process_stop "$pid_file" TERM 30 || status=1; done
  tools/servers stop "$distributed_folder/servers" || status=1
  distributed_folder=''
  distributed_processes=()
  return "$status"
}
