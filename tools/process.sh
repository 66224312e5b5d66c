# shellcheck shell=bash
# Processes that a script starts in the background and finds again through a pid file, also from another shell.
# A pid file holds the pid and the start time of the process, so a pid that the kernel gave away again is never
# taken for ours, and nothing is ever signalled by name.

# process_field PID N: the N-th field after the command name in /proc/PID/stat (1 state, 2 parent, 20 start time).
process_field() {
  local line fields
  { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
  read -ra fields <<<"${line##*) }"
  printf '%s\n' "${fields[$2 - 1]}"
}

# process_start PIDFILE LOG COMMAND…: starts the command in a session of its own, so that it outlives this shell.
process_start() {
  local pid_file=$1 log=$2 pid
  shift 2
  setsid "$@" </dev/null >>"$log" 2>&1 &
  pid=$!
  printf '%s %s\n' "$pid" "$(process_field "$pid" 20)" >"$pid_file"
  disown "$pid"
}

# process_pid PIDFILE: prints the pid if that very process runs still.
process_pid() {
  local pid started
  [[ -f $1 ]] || return 1
  read -r pid started <"$1" || return 1
  [[ $(process_field "$pid" 20) == "$started" && $(process_field "$pid" 1) != Z ]] || return 1
  printf '%s\n' "$pid"
}

process_running() { process_pid "$1" >/dev/null; }
process_stopped() { ! process_running "$1"; }

# process_tree PID: the pid and all its descendants, parents first. (PostgreSQL's children lead process groups of
# their own, so a signal to the group of the postmaster would not reach them.)
process_tree() {
  cat /proc/[0-9]*/stat 2>/dev/null | awk -v root="$1" '
    { pid = $1; sub(/^.*\) /, ""); children[$2] = children[$2] " " pid }
    END {
      count = 1
      tree[1] = root
      for (i = 1; i <= count; i++) {
        print tree[i]
        n = split(children[tree[i]], next_level, " ")
        for (j = 1; j <= n; j++) tree[++count] = next_level[j]
      }
    }'
}

# process_signal_tree PIDFILE SIGNAL: stops the root first, so that it starts nobody while the others are signalled.
process_signal_tree() {
  local pid tree
  pid=$(process_pid "$1") || return 1
  kill -STOP "$pid"
  mapfile -t tree < <(process_tree "$pid")
  kill "-$2" "${tree[@]}" 2>/dev/null || true
}

# process_all_gone PID…: true when none of them exists any more, nor waits for its parent as a zombie.
process_all_gone() {
  local pid state
  for pid in "$@"; do
    state=$(process_field "$pid" 1) && [[ $state != Z ]] && return 1
  done
  return 0
}

# process_kill_tree PIDFILE: kill -9 for the process and all its descendants; returns when they are gone.
process_kill_tree() {
  local pid tree
  pid=$(process_pid "$1") || return 0
  kill -STOP "$pid"
  mapfile -t tree < <(process_tree "$pid")
  kill -KILL "${tree[@]}" 2>/dev/null || true
  wait_until 10 process_all_gone "${tree[@]}"
}

# process_stop PIDFILE SIGNAL SECONDS: asks the process to end; kills it, and fails, when it has not done so in time.
process_stop() {
  local pid
  pid=$(process_pid "$1") || return 0
  process_signal_tree "$1" CONT
  kill "-$2" "$pid"
  wait_until "$3" process_stopped "$1" && return 0
  warn "process $pid did not end within $3 s of SIG$2; killing it"
  process_kill_tree "$1"
  return 1
}
