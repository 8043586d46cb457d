#!/bin/sh
# Brings up a release, and the one before it again when the new one does not serve (docs/deploy.md).
#
#   scripts/deploy.sh compose 1.2.0    the image tcg-price-tracker:1.2.0, by docker-compose.prod.yml
#   scripts/deploy.sh bare 1.2.0       the folder $SITE/releases/1.2.0, as processes of whoever calls
#
# BACKUP=no leaves out the backup; PATIENCE is how many seconds a release has to get ready (60).
# Ends with 0 when the new release serves, else with 1: then the old one does.
#
# What happens is here; how it is done is a driver's, which has LOCK, the name of a folder that only a deployment
# makes, and these functions, each of which ends with 0 if all is well.
#   preflight RELEASE          is all there that is needed?     current            prints the release that serves
#   manage RELEASE ARGUMENT…   its manage.py                    prepare RELEASE    schema, schedules, static files
#   candidate RELEASE          does its web process get ready, beside the old one?
#   switch RELEASE             replaces the processes           verify             do they serve?
set -eu

here=$(cd "$(dirname "$0")" && pwd)
driver=${1:-} release=${2:-} PATIENCE=${PATIENCE:-60}
if [ ! -f "$here/drivers/$driver.sh" ] || [ -z "$release" ]; then
    sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi

say() { printf '%s %s\n' "$(date -u +%H:%M:%S)" "$*"; }

fail() {
    say "FAILED: $*" >&2
    exit 1
}

# SECONDS COMMAND…: until the command ends well; its last words are shown if it never does.
within() {
    left=$1
    shift
    until said=$("$@" 2>&1); do
        left=$((left - 1))
        if [ "$left" -le 0 ]; then
            printf '%s\n' "$said" >&2
            return 1
        fi
        sleep 1
    done
}

# shellcheck source=/dev/null # there are two; both are checked by themselves
. "$here/drivers/$driver.sh"

deploy() {
    say "Looking whether $release can be brought up"
    preflight "$release" || fail "$release cannot be brought up here; nothing was changed."
    mkdir "$LOCK" 2>/dev/null || fail "another deployment is at work, or was killed: then remove $LOCK."
    trap 'rmdir "$LOCK"' EXIT
    old=$(current)
    manage "$release" check --deploy --fail-level WARNING || fail "$release does not start with these settings."
    if [ -n "$old" ] && [ "${BACKUP:-yes}" != no ]; then
        say "Backup by $old"
        manage "$old" backup || fail "no backup, so nothing was changed."
    fi
    say "Schema, schedules and static files"
    prepare "$release" || fail "the database could not be prepared; ${old:-nothing} serves on."
    say "Trying $release beside ${old:-nothing}"
    candidate "$release" || fail "$release does not get ready; ${old:-nothing} serves on."
    say "Replacing ${old:-nothing} by $release"
    trap 'roll_back "stopped by a signal"' INT TERM HUP
    { switch "$release" && verify; } || roll_back "$release does not serve"
    trap - INT TERM HUP
    say "$release serves"
}

# Migrations only ever add (docs/migrations.md), so the old release runs on the new schema.
roll_back() {
    trap '' INT TERM HUP
    [ -n "$old" ] || fail "$1, and there is no release to go back to."
    say "$1: going back to $old" >&2
    { switch "$old" && verify; } || fail "$1, and $old does not serve any more either: look at its log."
    fail "$1; $old serves again."
}

deploy
