# shellcheck shell=bash
# A Kubernetes of one node for the cluster's test. Source it after tools/lib.sh and tools/process.sh. Everything of it is in one folder and
# in namespaces of its own (mounts, network, processes) that end with their first process, node-init, and so with the test, however
# that ends: of the machine nothing changes.

readonly KUBERNETES=$TREMPLIN_CACHE/kubernetes
readonly NODE_ADDRESS=192.0.2.10 # of TEST-NET-1, in the node's own network
readonly NODE_READY_SECONDS=120
readonly OUTSIDE_FOLDERS=(/var/lib/cni /var/lib/kubelet) # containerd and the kubelet insist on them

NODE=''   # its folder
INSIDE=() # what a command begins with to run on the node

node_folder_files() {
  mkdir -p "$NODE"/{pki,plugins,logs,cache}
  : >"$NODE/no-names"
  # SEARCH: the test's own programs know Services by their short names too.
  printf 'nameserver %s\nsearch %s svc.cluster.local\noptions ndots:2\n' "$NODE_ADDRESS" "$1" >"$NODE/resolv.conf"
  cat >"$NODE/containerd.toml" <<END
version = 2
root = "$NODE/containerd/root"
state = "$NODE/containerd/state"
disabled_plugins = ["io.containerd.internal.v1.opt"]
[grpc]
  address = "$NODE/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/tremplin-test/pause:1"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "$KUBERNETES/debian/usr/lib/cni"
    conf_dir = "$NODE/plugins"
END
  cat >"$NODE/plugins/10-bridge.conflist" <<END
{"cniVersion": "1.0.0", "name": "pods", "plugins": [{"type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": true, "hairpinMode": true,
  "ipam": {"type": "host-local", "dataDir": "$NODE/addresses", "ranges": [[{"subnet": "10.244.0.0/24"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
END
  cat >"$NODE/kubelet.yaml" <<END
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $NODE/pki/ca.crt}}
authorization: {mode: Webhook}
tlsCertFile: $NODE/pki/kubelet.crt
tlsPrivateKeyFile: $NODE/pki/kubelet.key
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
containerRuntimeEndpoint: unix://$NODE/containerd.sock
clusterDomain: cluster.local
clusterDNS: [$NODE_ADDRESS]
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1%}
imageGCHighThresholdPercent: 100
imageGCLowThresholdPercent: 99
podLogsDir: $NODE/pod-logs
volumePluginDir: $NODE/volume-plugins
resolvConf: $NODE/no-names
END
  cat >"$NODE/Corefile" <<END
.:53 {
  bind $NODE_ADDRESS
  errors
  health 127.0.0.1:8081
  ready 127.0.0.1:8181
  cache 5
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    kubeconfig $KUBECONFIG
  }
}
END
}

# node_certificate NAME SUBJECT ALTERNATIVES
node_certificate() {
  local file=$NODE/pki/$1
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$file.key" -subj "$2" 2>/dev/null |
    openssl x509 -req -CA "$NODE/pki/ca.crt" -CAkey "$NODE/pki/ca.key" -CAcreateserial -days 2 -out "$file.crt" \
      -extfile <(printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth,clientAuth' "$3") 2>/dev/null
}

# Who the API server is, who the kubelet, and who we are.
node_identities() {
  local token
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -keyout "$NODE/pki/ca.key" -out "$NODE/pki/ca.crt" \
    -subj /CN=node 2>/dev/null
  node_certificate apiserver /CN=kube-apiserver "IP:127.0.0.1,IP:$NODE_ADDRESS,IP:10.96.0.1,DNS:kubernetes.default.svc"
  node_certificate kubelet-client /O=system:masters/CN=kubelet-client DNS:kubelet-client
  node_certificate kubelet /O=system:nodes/CN=system:node:node1 "DNS:node1,IP:$NODE_ADDRESS"
  openssl genrsa -out "$NODE/pki/accounts.key" 2048 2>/dev/null
  openssl rsa -in "$NODE/pki/accounts.key" -pubout -out "$NODE/pki/accounts.pub" 2>/dev/null
  token=$(openssl rand -hex 16)
  printf '%s,admin,admin,system:masters\n' "$token" >"$NODE/pki/tokens.csv"
  cat >"$KUBECONFIG" <<END
apiVersion: v1
kind: Config
current-context: test
contexts: [{name: test, context: {cluster: test, user: admin}}]
clusters: [{name: test, cluster: {server: "https://127.0.0.1:6443", certificate-authority: $NODE/pki/ca.crt}}]
users: [{name: admin, user: {token: $token}}]
END
}

# The first process, which takes all others with it; it is killed when this shell ends, however that comes.
node_namespaces() {
  local parent init
  mkdir -p "${OUTSIDE_FOLDERS[@]}"
  process_start "$NODE/init.pid" "$NODE/logs/init" setpriv --pdeathsig KILL unshare --mount --net --pid --fork --kill-child --mount-proc \
    --propagation private "$TREMPLIN_ROOT/tests/cluster/node-init" "$NODE" "$NODE_ADDRESS" "${OUTSIDE_FOLDERS[@]}"
  wait_until 10 test -e "$NODE/entered" || { cat "$NODE/logs/init"; return 1; }
  parent=$(process_pid "$NODE/init.pid")
  init=$(tr -d ' ' <"/proc/$parent/task/$parent/children")
  INSIDE=(nsenter --target "$init" --mount --net --pid --wd --)
}

# node_start NAME COMMAND…
node_start() {
  local name=$1
  shift
  setsid "${INSIDE[@]}" "$@" </dev/null >"$NODE/logs/$name" 2>&1 &
  disown "$!"
}

node_api() {
  node_start etcd etcd --name node1 --data-dir "$NODE/etcd" --unsafe-no-fsync --listen-client-urls http://127.0.0.1:2379 \
    --advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls http://127.0.0.1:2380 \
    --initial-advertise-peer-urls http://127.0.0.1:2380 --initial-cluster node1=http://127.0.0.1:2380
  node_start apiserver kube-apiserver --etcd-servers=http://127.0.0.1:2379 --secure-port=6443 --bind-address=0.0.0.0 \
    --advertise-address="$NODE_ADDRESS" --endpoint-reconciler-type=lease --tls-cert-file="$NODE/pki/apiserver.crt" \
    --tls-private-key-file="$NODE/pki/apiserver.key" --client-ca-file="$NODE/pki/ca.crt" --token-auth-file="$NODE/pki/tokens.csv" \
    --authorization-mode=RBAC --kubelet-client-certificate="$NODE/pki/kubelet-client.crt" \
    --kubelet-client-key="$NODE/pki/kubelet-client.key" --kubelet-certificate-authority="$NODE/pki/ca.crt" \
    --kubelet-preferred-address-types=InternalIP --service-account-key-file="$NODE/pki/accounts.pub" \
    --service-account-signing-key-file="$NODE/pki/accounts.key" --service-account-issuer=https://kubernetes.default.svc \
    --service-cluster-ip-range=10.96.0.0/16 --allow-privileged=true --enable-priority-and-fairness=false
}

node_controllers() {
  node_start controllers kube-controller-manager --kubeconfig="$KUBECONFIG" --leader-elect=false --bind-address=127.0.0.1 \
    --service-account-private-key-file="$NODE/pki/accounts.key" --root-ca-file="$NODE/pki/ca.crt" \
    --controllers='*,-node-ipam-controller,-node-route-controller,-service-lb-controller,-cloud-node-lifecycle-controller'
  node_start scheduler kube-scheduler --kubeconfig="$KUBECONFIG" --leader-elect=false --bind-address=127.0.0.1
  node_start coredns coredns -conf "$NODE/Corefile"
}

node_workers() {
  node_start kubelet kubelet --config="$NODE/kubelet.yaml" --kubeconfig="$KUBECONFIG" --hostname-override=node1 \
    --node-ip="$NODE_ADDRESS" --root-dir="$NODE/kubelet" --cert-dir="$NODE/kubelet-pki"
  node_start proxy kube-proxy --kubeconfig="$KUBECONFIG" --hostname-override=node1 --cluster-cidr=10.244.0.0/16 \
    --proxy-mode=iptables --conntrack-max-per-core=0
}

# Policies are enforced by a program of its own: neither the kubelet nor a bridge does it. It wants the node to be there.
node_policies() {
  node_start policies env "LD_LIBRARY_PATH=$KUBERNETES/debian/usr/lib/$(gcc -print-multiarch)" kube-router --kubeconfig="$KUBECONFIG" \
    --hostname-override=node1 --run-firewall=true --run-router=false --run-service-proxy=false --service-cluster-ip-range=10.96.0.0/16
}

containers() { "${INSIDE[@]}" ctr --address "$NODE/containerd.sock" --namespace k8s.io "$@"; }
answers() { "$@" >/dev/null 2>&1; }
api_is_ready() { answers "${INSIDE[@]}" kubectl get --raw /readyz && answers containers version; }
node_is_ready() { [[ $("${INSIDE[@]}" kubectl get nodes --no-headers 2>/dev/null) == *' Ready '* ]]; }
say_node() { tail --lines=5 "$NODE"/logs/*; }

# node_up FOLDER SEARCH: returns when the node is ready; exports what kubectl and helm are told by. SEARCH: as resolv.conf says it.
node_up() {
  NODE=$1
  mkdir -p "$NODE"
  export KUBECONFIG=$NODE/admin.conf KUBECACHEDIR=$NODE/cache
  export PATH=$KUBERNETES/bin:$KUBERNETES/debian/usr/bin:$KUBERNETES/debian/usr/sbin:$KUBERNETES/debian/sbin:$PATH
  node_folder_files "$2"
  node_identities
  node_namespaces
  node_api
  node_start containerd containerd --config "$NODE/containerd.toml"
  wait_until "$NODE_READY_SECONDS" api_is_ready || { say_node; return 1; }
  node_controllers
  node_workers
  wait_until "$NODE_READY_SECONDS" node_is_ready || { say_node; return 1; }
  node_policies
}

# Killed at once: nothing of it is kept. Control groups are the machine's, and those of the pods are empty then.
node_down() {
  local folder
  [[ -n $NODE ]] || return 0
  process_kill_tree "$NODE/init.pid" || true
  for folder in /sys/fs/cgroup/{,*/}kubepods; do
    [[ ! -d $folder ]] || wait_until 10 remove_groups "$folder" || warn "$folder stays"
  done
  rmdir --ignore-fail-on-non-empty "${OUTSIDE_FOLDERS[@]}" || true
  NODE=''
}

remove_groups() {
  find "$1" -depth -type d -exec rmdir {} + 2>/dev/null || true
  [[ ! -d $1 ]]
}
