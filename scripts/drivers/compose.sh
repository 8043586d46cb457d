# One machine with Docker: images, docker-compose.prod.yml and .env in the checkout that this script lies in.
# shellcheck shell=sh disable=SC2154 # `here`, `within` and `PATIENCE` are those of deploy.sh

cd "$here/.." || exit
LOCK=.deploying

compose() {
    RELEASE=$1
    shift
    RELEASE=$RELEASE docker compose -f docker-compose.prod.yml "$@"
}

preflight() {
    docker compose version >/dev/null || return 1
    [ -f .env ] || { echo "There is no .env: make secrets" >&2 && return 1; }
    [ -z "$(find .env -perm /077)" ] || { echo ".env is open to others: chmod 600 .env" >&2 && return 1; }
    docker image inspect "tcg-price-tracker:$1" >/dev/null 2>&1 || docker build --tag "tcg-price-tracker:$1" . || return 1
    compose "$1" config --quiet && compose "$1" up --detach --wait db redis
}

current() {
    container=$(docker ps --quiet --filter label=com.docker.compose.project=tcg \
        --filter label=com.docker.compose.service=web --filter label=com.docker.compose.oneoff=False | head -n 1)
    [ -z "$container" ] || docker inspect --format '{{.Config.Image}}' "$container" | sed 's/.*://'
}

manage() {
    of=$1
    shift
    compose "$of" run --rm --no-deps -T web python manage.py "$@"
}

prepare() {
    compose "$1" run --rm --no-deps -T prepare
}

# Not under the name `web`, so that the proxy sends nobody to it.
candidate() {
    docker rm --force tcg-candidate >/dev/null 2>&1 || true
    compose "$1" run --detach --no-deps --name tcg-candidate web >/dev/null || return 1
    ready=0
    within "$PATIENCE" docker exec tcg-candidate python deploy/probe.py 8000 /readyz || ready=1
    [ "$ready" = 0 ] || docker logs --tail 20 tcg-candidate >&2
    docker rm --force tcg-candidate >/dev/null
    return "$ready"
}

# The proxy holds requests while web is replaced; --wait ends well when every health check does.
switch() {
    compose "$1" up --detach --wait --remove-orphans
}

verify() {
    within "$PATIENCE" docker compose -p tcg exec -T web python deploy/probe.py 8000 /readyz &&
        within "$PATIENCE" docker compose -p tcg exec -T live python deploy/probe.py 8001 /healthz
}
