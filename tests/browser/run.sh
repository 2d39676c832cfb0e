#!/bin/sh
# run.sh SCENARIO: plays one of scenarios.mjs in Chromium (README.md says what it is given). What
# node needs is installed by npm into the folder that BROWSER_MODULES names, once; without that
# variable into one that is gone afterwards. "run.sh --install" does no more than that.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

if [ -z "${BROWSER_MODULES:-}" ]; then
    BROWSER_MODULES=$(mktemp -d)
    trap 'rm -rf "$BROWSER_MODULES"' EXIT
    trap 'exit 130' INT TERM HUP
fi
export BROWSER_MODULES
if [ ! -e "$BROWSER_MODULES/node_modules/playwright-core/package.json" ]; then
    cp "$here/package.json" "$here/package-lock.json" "$BROWSER_MODULES"
    (cd "$BROWSER_MODULES" && npm ci --silent --no-audit --no-fund --no-update-notifier) >&2
fi
[ "${1:-}" = --install ] || node "$here/play.mjs" "$@"
