/** The start of the bundled PostgreSQL, for any image with bash and PostgreSQL's programs. */
export const POSTGRESQL_SCRIPT = `#!/bin/bash
# Starts the server. The first time the cluster is made beside its place and renamed when it is whole: a kill leaves one or none.
set -euo pipefail
data=/var/lib/postgresql/data/main
new=$data.new
if [ ! -e "$data" ]; then
  rm -rf "$new"
  initdb -D "$new" -U postgres -E UTF8 --locale=C.UTF-8 -A scram-sha-256 --pwfile=<(printf %s "$SUPERUSER_PASSWORD")
  echo 'host all all all scram-sha-256' >>"$new/pg_hba.conf"
  postgres --single -D "$new" postgres >/dev/null <<END
CREATE ROLE $APP_USER LOGIN PASSWORD '$APP_PASSWORD'
CREATE DATABASE $APP_USER OWNER $APP_USER
END
  mv "$new" "$data"
fi
unset SUPERUSER_PASSWORD APP_PASSWORD
# SIGTERM alone would wait for every client to leave.
postgres -D "$data" -c listen_addresses='*' -c unix_socket_directories=/tmp &
server=$!
trap 'kill -INT "$server"' TERM INT
wait "$server" && code=0 || code=$?
# A signal ends the first wait, not the server.
while kill -0 "$server" 2>/dev/null; do wait "$server" && code=0 || code=$?; done
exit "$code"
`
