# shellcheck shell=bash
# A system of values/standard.yaml on the node, with its stores: how it is installed, asked, put under load and looked at. Source it after
# node.sh, tests/operate/lib.sh and tests/operate/servers.sh.

readonly CHART=helm/tremplin
readonly INSTALL_SECONDS=420
readonly LOAD_PER_SECOND=10

NAMESPACE='' # where it is
SYSTEM=''    # the folder of its keys and certificates, and of what the cases leave
LOG=''       # what is read when a case fails

kubectl() { "${INSIDE[@]}" kubectl --namespace "$NAMESPACE" "$@"; }
helm() { "${INSIDE[@]}" helm --namespace "$NAMESPACE" "$@"; }
processes() { services_of_the_system; printf 'gateway\n'; }
random() { openssl rand -hex 32; }

# In it every pod must be what Pod Security calls restricted.
make_namespace() {
  "${INSIDE[@]}" kubectl create namespace "$NAMESPACE" >/dev/null
  "${INSIDE[@]}" kubectl label namespace "$NAMESPACE" pod-security.kubernetes.io/{enforce,warn}=restricted >/dev/null
  wait_until 30 answers kubectl get serviceaccount default
}

# make_keys NAME…: what the chart's README says to make; NAMEs are in the certificate.
make_keys() {
  local key
  mkdir -p "$SYSTEM"
  for key in master index service operator; do random >"$SYSTEM/$key.key"; done
  deploy/certificates "$SYSTEM" "$@"
}

secret() {
  local name=$1
  shift
  kubectl create secret generic "$name" "$@" --dry-run=client --output=yaml | kubectl apply --server-side --filename=- >/dev/null
}

# database_secret PASSWORD: of the owner; each service has a role of its own, with a password that stays.
database_secret() {
  local service literals=("--from-literal=owner=postgresql://postgres:$1@postgres/tremplin")
  for service in $(services_of_the_system); do
    [[ -e $SYSTEM/$service.password ]] || random >"$SYSTEM/$service.password"
    literals+=("--from-literal=$service=postgresql://tremplin_$service:$(cat "$SYSTEM/$service.password")@postgres/tremplin")
  done
  secret tremplin-database "${literals[@]}"
}

make_secrets() {
  local names process
  mapfile -t names < <(for process in $(processes); do printf 'tremplin-%s\n' "$process"; done)
  make_keys "${names[@]}"
  random >"$SYSTEM/owner.password"
  secret postgres "--from-file=password=$SYSTEM/owner.password"
  database_secret "$(cat "$SYSTEM/owner.password")"
  secret tremplin-keys "--from-file=$SYSTEM/"{master,index,service,operator}.key
  secret tremplin-tls "--from-file=$SYSTEM/"{tls.crt,tls.key,ca.crt}
}

start_stores() {
  kubectl create configmap kafka --from-file=server.properties=deploy/compose/kafka.properties \
    --from-file=deploy/compose/kafka-ready >/dev/null
  kubectl apply --server-side --filename=tests/cluster/stores >/dev/null
  kubectl rollout status --timeout=180s statefulset/postgres >/dev/null && kubectl rollout status --timeout=180s statefulset/kafka >/dev/null &&
    kubectl rollout status --timeout=60s statefulset/redis >/dev/null
}

# system_helm install|upgrade OPTION…
system_helm() {
  local verb=$1
  shift
  helm "$verb" tremplin "$CHART" --values "$CHART/values/standard.yaml" --values tests/cluster/values.yaml --wait --timeout "${INSTALL_SECONDS}s" "$@"
}

# start_system OPTION…: stores and system, from nothing.
start_system() {
  make_namespace
  make_secrets
  start_stores
  system_helm install "$@"
}

# The command line of an operator, through the Services.
ctl() {
  local addresses
  addresses=$(for service in $(services_of_the_system); do printf ',%s=tremplin-%s:7400' "$service" "$service"; done)
  "${INSIDE[@]}" build/release/bin/tremplinctl --addresses "${addresses#,}" --tls-certificate "$SYSTEM/tls.crt" --tls-key "$SYSTEM/tls.key" \
    --tls-ca "$SYSTEM/ca.crt" --key-file "$SYSTEM/operator.key" --keys-dir "$SYSTEM/keys" "$@"
}

# push NAME OPTION…: an agency's referrals through the gateway's Service, each over a connection of its own, and read back.
push() {
  "${INSIDE[@]}" python3 tests/operate/push.py https://tremplin-gateway:7480 "$SYSTEM/ca.crt" "$SYSTEM/keys/ociso.key" ociso "$@"
}

# under_load NAME COMMAND…: the command succeeds while referrals are pushed and read, and none of those fails.
under_load() {
  local name=$1 load status
  shift
  push "$name" --rate "$LOAD_PER_SECOND" --until "$SYSTEM/$name.end" >"$SYSTEM/$name.load" 2>&1 &
  load=$!
  set +e
  (set -e; "$@")
  status=$?
  set -e
  touch "$SYSTEM/$name.end"
  wait "$load" || { warn "the load saw errors"; status=1; }
  tail --lines=20 "$SYSTEM/$name.load"
  return "$status"
}

# pods PROCESS: the names of its pods that are ready and not about to end, one a line.
pods() {
  kubectl get pods --selector "app.kubernetes.io/component=$1" --output=json | python3 -c '
import json, sys
for pod in json.load(sys.stdin)["items"]:
    ready = any(each["type"] == "Ready" and each["status"] == "True" for each in pod["status"].get("conditions", []))
    if ready and "deletionTimestamp" not in pod["metadata"]: print(pod["metadata"]["name"])'
}

# each_has COUNT: so many ready pods has every process.
each_has() {
  local process
  for process in $(processes); do [[ $(pods "$process" | wc -l) == "$1" ]] || return 1; done
}

# image_is TAG: of every pod of the system.
image_is() {
  [[ $(kubectl get pods --selector app.kubernetes.io/name=tremplin --field-selector status.phase=Running \
    --output=jsonpath='{.items[*].spec.containers[0].image}' | tr ' ' '\n' | sort -u) == "localhost/tremplin:$1" ]]
}

# process_of POD: the id of its process, on the node.
process_of() {
  local container
  container=$(kubectl get pod "$1" --output=jsonpath='{.status.containerStatuses[0].containerID}')
  containers tasks list | awk -v id="${container#containerd://}" '$1 == id { print $2 }'
}

restarts_of() { kubectl get pod "$1" --output=jsonpath='{.status.containerStatuses[0].restartCount}'; }

# came_back POD COUNT: ready after so many starts.
came_back() {
  [[ $(restarts_of "$1") -ge $2 &&
    $(kubectl get pod "$1" --output=jsonpath='{.status.containerStatuses[0].ready}') == true ]]
}

at_rest() { [[ $(ctl status 2>/dev/null) == *'At rest.'* ]]; }

say_system() {
  tail --lines=20 "$LOG"
  kubectl get pods --output=wide
  kubectl get events --sort-by=.lastTimestamp | tail --lines=15
  kubectl logs --selector app.kubernetes.io/name=tremplin --tail=3 --prefix | tail --lines=40
}
