/** The start and the readiness of the bundled MongoDB, for any image with bash, coreutils and mongod. */
export const MONGODB_SCRIPT = `#!/bin/bash
# Starts the one member of the replica set ("start"), or says whether it takes writes ("ready").
#
# The image need not have a shell of MongoDB's: the three commands that are needed are sent as they go over the wire (OP_MSG),
# to the server on this pod's loopback address. initiate.msg, hello.msg and user-*.msg beside this script hold them.
set -euo pipefail
here=$(dirname "$0")
data=/var/lib/mongodb/data
new=$data.new
mongod=(mongod --port 27017 --replSet rs0 --nounixsocket --wiredTigerCacheSizeGB 0.25 --oplogSize 512
  --setParameter transactionLifetimeLimitSeconds=5 --setParameter shutdownTimeoutMillisForSignaledShutdown=0)

ask() { # sends standard input as one message; prints the reply, zero bytes as spaces
  { exec 3<>/dev/tcp/127.0.0.1/27017; } 2>/dev/null || return 1
  cat >&3 || return 1
  local length
  length=$(od -An -tu4 -N4 <&3)
  [ "\${length:-0}" -gt 4 ] || return 1
  head -c "$((length - 4))" <&3 | tr '\\0' ' '
  exec 3>&-
}
message() { printf '%b' "$(cat "$here/$1.msg")"; }
create_user() { message user-head && printf %s "$MONGODB_PASSWORD" && message user-tail; }
is_primary() { message hello | ask | LC_ALL=C grep -aF $'isWritablePrimary \\x01' >/dev/null; }
must() { # the reply on standard input
  local reply
  reply=$(cat)
  [[ -n $reply && $reply != *errmsg* ]] || { echo "$1 failed: $(LC_ALL=C tr -cd '[:print:]' <<<"$reply")" >&2; exit 1; }
}
wait_for() {
  for _ in $(seq 300); do ! "$@" || return 0; sleep 0.2; done
  echo "not within a minute: $*" >&2
  exit 1
}

initialise() { # beside its place, on loopback alone; a kill leaves a whole database or none
  rm -rf "$new"
  mkdir "$new"
  "\${mongod[@]}" --dbpath "$new" --bind_ip 127.0.0.1 --quiet &
  local server=$!
  wait_for is_up
  message initiate | ask | must replSetInitiate
  wait_for is_primary
  create_user | ask | must createUser
  kill -TERM "$server"
  wait "$server"
  mv "$new" "$data"
}
is_up() { message hello | ask >/dev/null; }

case \${1:-} in
start)
  [ -e "$data" ] || initialise
  # A volume's files are readable by their group, which mongod does not accept for a key.
  install -m 400 "$here/keyfile" /tmp/keyfile
  unset MONGODB_PASSWORD
  exec "\${mongod[@]}" --dbpath "$data" --bind_ip_all --keyFile /tmp/keyfile
  ;;
ready) [ -e "$data" ] && is_primary ;;
*) echo "usage: $0 start|ready" >&2; exit 2 ;;
esac
`
