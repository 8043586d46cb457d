# Plain processes of the account that calls, in a folder SITE:
#   .env   releases/NAME   current -> releases/NAME   run/*.pid   log/*.log   data, static, backups, metrics
# A release is a checkout; its programs are those of its .venv, else of the caller's PATH.
# WEB_PORT, LIVE_PORT and CANDIDATE_PORT are 8000, 8001 and 8002.
# shellcheck shell=sh disable=SC2154 # `within` and `PATIENCE` are those of deploy.sh

SITE=$(cd "${SITE:?names the folder of the site}" && pwd)
WEB_PORT=${WEB_PORT:-8000} LIVE_PORT=${LIVE_PORT:-8001} CANDIDATE_PORT=${CANDIDATE_PORT:-8002}
LOCK=$SITE/run/deploying
PARTS="live worker-market worker-ingest worker-alerts worker-default beat"

# RELEASE: into its folder, with the settings of the site. Called where the shell ends with what it does there.
enter() {
    cd "$SITE/releases/$1" || exit 1
    export BULK_DIR="$SITE/data/bulk" MEDIA_ROOT="$SITE/data/media" SPOOL_DIR="$SITE/data/spool"
    export BACKUP_DIR="$SITE/backups" METRICS_DIR="$SITE/metrics" LIVE_HOST=127.0.0.1
    export PATH="$PWD/.venv/bin:$PATH" PYTHONUNBUFFERED=1
    set -a
    # shellcheck source=/dev/null
    . "$SITE/.env"
    set +a
}

# RELEASE COMMAND…
inside() (
    enter "$1"
    shift
    exec "$@"
)

preflight() {
    [ -d "$SITE/releases/$1/config" ] || { echo "There is no release $SITE/releases/$1" >&2 && return 1; }
    [ -f "$SITE/.env" ] || { echo "There is no $SITE/.env: make secrets" >&2 && return 1; }
    [ -z "$(find "$SITE/.env" -perm /077)" ] || { echo "$SITE/.env is open to others: chmod 600" >&2 && return 1; }
    mkdir -p "$SITE/run" "$SITE/log" "$SITE/data" "$SITE/static" "$SITE/backups" "$SITE/metrics" || return 1
    inside "$1" python -m deploy.commands web >/dev/null
}

current() {
    [ ! -L "$SITE/current" ] || basename "$(readlink "$SITE/current")"
}

manage() {
    of=$1
    shift
    inside "$of" python manage.py "$@"
}

# Files are collected once for each release; those of earlier ones stay, for pages that are open.
prepare() {
    { manage "$1" migrate --noinput --verbosity 0 && manage "$1" schedule >/dev/null; } || return 1
    collected="$SITE/releases/$1/var/static"
    [ -f "$collected/staticfiles.json" ] || manage "$1" collectstatic --noinput --verbosity 0 || return 1
    cp -Ru "$collected/." "$SITE/static/"
}

candidate() {
    start "$1" candidate || return 1
    ready=0
    within "$PATIENCE" inside "$1" python deploy/probe.py "$CANDIDATE_PORT" /readyz || ready=1
    [ "$ready" = 0 ] || tail -n 20 "$SITE/log/candidate.log" >&2
    stop candidate
    return "$ready"
}

# Two web servers share the port for a moment, and the old one ends what it has begun: nobody is turned away.
switch() {
    ln -sfn "releases/$1" "$SITE/current.new" && mv -T "$SITE/current.new" "$SITE/current" || return 1
    [ ! -f "$SITE/run/web.pid" ] || mv "$SITE/run/web.pid" "$SITE/run/web-before.pid" || return 1
    start "$1" web || return 1
    within 30 has_begun web || return 1
    stop web-before
    for part in $PARTS; do
        stop "$part"
        start "$1" "$part" || return 1
    done
}

verify() {
    of=$(current)
    within "$PATIENCE" inside "$of" python deploy/probe.py "$WEB_PORT" /readyz &&
        within "$PATIENCE" inside "$of" python deploy/probe.py "$LIVE_PORT" /healthz || return 1
    for part in web $PARTS; do
        is_alive "$part" || { echo "$part has ended: $(tail -n 5 "$SITE/log/$part.log")" >&2 && return 1; }
    done
}

# RELEASE PART: in the background, apart from this terminal. A candidate is a web server on a port of its own.
start() {
    port=$WEB_PORT service=$2
    [ "$2" != candidate ] || port=$CANDIDATE_PORT service=web
    line=$(
        export WEB_BIND="127.0.0.1:$port" LIVE_PORT
        inside "$1" python -m deploy.commands "$service"
    ) || return 1
    mkdir -p "$SITE/metrics/$2"
    (
        enter "$1"
        export PROMETHEUS_MULTIPROC_DIR="$SITE/metrics/$2"
        exec setsid sh -c "exec $line"
    ) </dev/null >>"$SITE/log/$2.log" 2>&1 &
    echo $! >"$SITE/run/$2.pid"
}

# Lets it end what it does: within 60 seconds.
stop() {
    if is_alive "$1"; then
        kill -TERM "$(cat "$SITE/run/$1.pid")"
        within 60 has_ended "$1" 2>/dev/null || kill -KILL "$(cat "$SITE/run/$1.pid")"
    fi
    rm -f "$SITE/run/$1.pid"
}

# By its number alone it could be another's, after a restart of the machine.
is_alive() {
    pid=$(cat "$SITE/run/$1.pid" 2>/dev/null) || return 1
    case $(readlink "/proc/$pid/cwd") in "$SITE/releases/"*) ;; *) return 1 ;; esac
    ! grep -q '^State:.*zombie' "/proc/$pid/status"
}

has_ended() {
    ! is_alive "$1"
}

# gunicorn starts its workers when it listens.
has_begun() {
    pid=$(cat "$SITE/run/$1.pid")
    [ -n "$(cat "/proc/$pid/task/$pid/children")" ]
}
