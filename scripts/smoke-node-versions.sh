#!/usr/bin/env bash
# The packed package on every version of Node.js that it promises: one line for each version and command, and 1 if any of them fails.
# The package is installed once, by the Node.js of this machine: what of it is native (DuckDB) must hold under the others as it is.
#
# usage: scripts/smoke-node-versions.sh [FOLDER]     FOLDER: where the package is installed already (with node_modules in it)
#        SMOKE_NODE_VERSIONS='20 26' scripts/smoke-node-versions.sh
set -euo pipefail
cd "$(dirname "$0")/.."

versions=${SMOKE_NODE_VERSIONS:-20 22 24 26}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

npm_quietly() {
  npm "$@" --no-audit --no-fund --prefer-offline >"$work/npm.log" 2>&1 || { cat "$work/npm.log" >&2; return 1; }
}

# npm install of the package `node` runs a script that installs the binaries of the platform; they are named here, so that no script runs.
prefix=node
case "$(node -p 'process.platform + "-" + process.arch')" in darwin-arm64) prefix=node-bin ;; esac
platform=$prefix-$(node -p 'process.platform + "-" + process.arch')
wanted=()
for version in $versions; do wanted+=("node$version@npm:$platform@$version"); done
mkdir "$work/nodes"
(cd "$work/nodes" && echo '{ "private": true }' >package.json && npm_quietly install --ignore-scripts "${wanted[@]}")

installed=${1:-}
if [ -z "$installed" ]; then
  installed=$work/installed
  mkdir "$installed"
  npm pack --silent --pack-destination "$work" >/dev/null
  (cd "$installed" && echo '{ "private": true }' >package.json && npm_quietly install "$work"/tidemark-*.tgz)
fi
installed=$(cd "$installed" && pwd)

# Two at once: each command is one process that keeps little more than one core busy.
export work installed
smoke() {
  timeout --kill-after=10 240 "$work/nodes/node_modules/node$1/bin/node" scripts/smoke.mjs "$installed" >"$work/$1.log" 2>&1 || echo "$1" >>"$work/failed"
}
export -f smoke
# shellcheck disable=SC2086
printf '%s\n' $versions | xargs -P 2 -I{} bash -c 'smoke {}'

for version in $versions; do cat "$work/$version.log"; done
[ ! -e "$work/failed" ] || { echo "failed on Node.js $(sort -n "$work/failed" | paste -sd ' ')" >&2; exit 1; }
