#!/bin/sh
# Holds the alert rules against their tests, with promtool: the one PROMTOOL names, that of PATH, or Debian's,
# which is unpacked below var/ and not installed. Ends with 3 where none can be had, so that nobody takes
# "not checked" for "checked".
set -eu
cd "$(dirname "$0")"
folder="$PWD/../../var/promtool"
unpacked="$folder/usr/bin/promtool"

fetch() {
    mkdir -p "$folder"
    (
        cd "$folder"
        timeout 120 apt-get download -qq prometheus || { apt-get update -qq && timeout 120 apt-get download -qq prometheus; }
        dpkg -x prometheus_*.deb .
        rm prometheus_*.deb
    ) >/dev/null 2>&1
}

promtool="${PROMTOOL:-$(command -v promtool || true)}"
if [ -z "$promtool" ] && [ ! -x "$unpacked" ] && command -v apt-get >/dev/null; then
    echo "Fetching promtool from Debian's package prometheus"
    fetch || true
fi
[ -n "$promtool" ] || promtool="$unpacked"
if [ ! -x "$promtool" ]; then
    echo "NOT CHECKED: the alert rules. There is no promtool; name one with PROMTOOL=/path." >&2
    exit 3
fi
"$promtool" check config --syntax-only prometheus.yml
"$promtool" check rules rules.yml
"$promtool" test rules rules_test.yml
