#!/usr/bin/env bash
# A step of action.yml: installs the package and nothing else into a folder of its own, and says where its program is.
# No script of any package is run but the build of tidemark itself.
#
# TIDEMARK_PATH: a tarball; else TIDEMARK_VERSION: of the registry; else the source beside action.yml is built.
set -euo pipefail

fail() {
  echo "::error title=tidemark::$1"
  exit 2
}

command -v npm >/dev/null || fail 'npm was not found: run actions/setup-node before this action, with Node.js 20.19 or later'
work=$(mktemp -d "$RUNNER_TEMP/tidemark-install-XXXXXX")

# npm_quietly COMMAND…: shows what npm says only where it fails, and then as no command of the log.
npm_quietly() {
  if npm --no-audit --no-fund "$@" >"$work/npm.log" 2>&1; then return; fi
  local token
  token=$(node -p 'crypto.randomUUID()')
  echo "::stop-commands::$token"
  tail -n 40 "$work/npm.log"
  echo "::$token::"
  return 1
}

if [ -n "$TIDEMARK_PATH" ]; then
  if [[ $TIDEMARK_PATH != *.tgz || ! -f $TIDEMARK_PATH ]]; then fail 'path: names no tarball: it is a .tgz that npm pack wrote, from the root of the repository'; fi
  # A copy under a name of our own: what npm is given can then be read as nothing else.
  cp -- "$TIDEMARK_PATH" "$work/package.tgz"
  wanted=$work/package.tgz
elif [ -n "$TIDEMARK_VERSION" ]; then
  [[ $TIDEMARK_VERSION =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || fail 'version: is no exact version, as 0.1.0 is; a range or a tag would install something else tomorrow'
  wanted=tidemark@$TIDEMARK_VERSION
else
  mkdir "$work/source"
  # Not in place: the action may be used from the folder that is checked.
  tar -C "$GITHUB_ACTION_PATH" --exclude=./node_modules --exclude=./dist --exclude=./.git --exclude=./.engines -cf - . | tar -C "$work/source" -xf -
  (
    cd "$work/source"
    npm_quietly ci --ignore-scripts
    npm_quietly pack --pack-destination "$work"
  ) || fail 'this commit of tidemark could not be built; the log says why'
  mv "$work"/tidemark-*.tgz "$work/package.tgz"
  wanted=$work/package.tgz
fi

mkdir "$work/installed"
echo '{ "private": true }' >"$work/installed/package.json"
(cd "$work/installed" && npm_quietly install --ignore-scripts -- "$wanted") || fail 'tidemark could not be installed; the log says why'
program=$work/installed/node_modules/tidemark/bin/tidemark.js
version=$(node "$program" --version) || fail "this Node.js ($(node --version)) runs no tidemark: run actions/setup-node before this action, with Node.js 20.19 or later"
echo "tidemark $version"
echo "program=$program" >>"$GITHUB_OUTPUT"
