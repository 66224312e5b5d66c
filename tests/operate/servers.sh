# shellcheck shell=bash
# Images of the servers for the tests of compose and of the cluster; see servers/Containerfile. Source it after lib.sh.

readonly SERVER_IMAGES=$TREMPLIN_CACHE/operate/servers.tar
readonly SERVER_NAMES=(postgres kafka redis prometheus)
readonly SERVER_PACKAGES=bash,coreutils,dash,sed,grep,util-linux,tzdata,wget,postgresql-15,redis-server,openjdk-17-jre-headless,prometheus

# What makes them, so that a change makes them anew.
servers_stamp() { cat tests/operate/servers/* tests/operate/servers.sh tools/kafka/pom.xml | sha256sum; }

# Debian's packages unpacked, which is all these servers need.
servers_root() {
  local root=$1 sources=/etc/apt/sources.list
  [[ ! -e /etc/apt/sources.list.d/debian.sources ]] || sources=/etc/apt/sources.list.d/debian.sources
  mmdebstrap --quiet --variant=extract --format=directory --skip=cleanup "--include=$SERVER_PACKAGES" \
    --aptopt='Apt::Install-Recommends "false"' --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr bookworm "$root" "$sources" >"$WORKSPACE/servers.log" 2>&1 ||
    { cat "$WORKSPACE/servers.log"; return 1; }
  rm -rf "${root:?}"/{var,boot,dev,proc,sys,run} "$root"/usr/share/{doc,man,locale,javascript,i18n,perl,nodejs,fonts} \
    "$root"/usr/lib/x86_64-linux-gnu/{gconv,perl*,dri} "$root"/usr/lib/{systemd,gcc}
  mkdir -p "$root/var/tmp"
  chmod 1777 "$root/tmp" "$root/var/tmp"
}

servers_context() {
  local context=$1
  mkdir -p "$context"/{etc,entry,empty,jars}
  servers_root "$context/root" || return 1
  cp tests/operate/servers/*-entry "$context/entry/"
  cp "$TREMPLIN_CACHE"/kafka/*.jar "$context/jars/"
  printf '%s\n' root:x:0:0::/:/bin/bash postgres:x:999:999::/:/bin/bash redis:x:998:998::/:/bin/bash kafka:x:1000:1000::/:/bin/bash \
    nobody:x:65534:65534::/:/bin/bash >"$context/etc/passwd"
  printf '%s\n' root:x:0: postgres:x:999: redis:x:998: kafka:x:1000: nogroup:x:65534: >"$context/etc/group"
}

# Complete or absent: an archive of all of them, kept, that docker load and ctr import take.
make_server_images() {
  local context=$WORKSPACE/servers-context name images=()
  [[ -f $SERVER_IMAGES && $(cat "$SERVER_IMAGES.stamp" 2>/dev/null) == "$(servers_stamp)" ]] && return 0
  say "making images of the servers, once"
  tools/install test && servers_context "$context" || return 1
  for name in "${SERVER_NAMES[@]}"; do
    podman build --quiet --format docker --file tests/operate/servers/Containerfile --target "$name" \
      --tag "localhost/tremplin-test/$name:1" "$context" >/dev/null || return 1
    images+=("localhost/tremplin-test/$name:1")
  done
  mkdir -p "${SERVER_IMAGES%/*}"
  rm -f "$SERVER_IMAGES" "$SERVER_IMAGES.stamp"
  podman save --quiet --multi-image-archive --format docker-archive --output "$SERVER_IMAGES.new" "${images[@]}" || return 1
  mv "$SERVER_IMAGES.new" "$SERVER_IMAGES"
  servers_stamp >"$SERVER_IMAGES.stamp"
  rm -rf "$context"
}
