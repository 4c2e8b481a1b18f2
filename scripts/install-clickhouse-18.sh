#!/bin/sh
# Unpacks Debian's clickhouse-server 18.16 for the tests over server versions: 10 MB and the libraries that this machine lacks,
# 14 MB to download and 99 MB on disk on an empty Debian. Nothing is installed, no service is made, no root is needed.
#
# usage: scripts/install-clickhouse-18.sh      needs apt (Debian 12) with its package lists
#
# It goes to $TIDEMARK_TEST_ENGINES/clickhouse-18 (default: .engines in the repository) and is left alone when it is there.
# apt verifies each package against the signed lists.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
target=${TIDEMARK_TEST_ENGINES:-$(dirname "$here")/.engines}
mkdir -p "$target"
folder=$(cd "$target" && pwd)/clickhouse-18
if [ -f "$folder/version" ]; then
  echo "ClickHouse 18: $(cat "$folder/version") is there"
  exit 0
fi

candidate() {
  apt-cache policy clickhouse-server | sed -n 's/^ *Candidate: *//p'
}
version=$(candidate)
# A fresh image has no lists.
case $version in
  '' | '(none)')
    [ "$(id -u)" -ne 0 ] || apt-get update -qq
    version=$(candidate)
    ;;
esac
case $version in 18.16*) ;; *) echo "ClickHouse 18: apt has no clickhouse-server 18.16 (run apt-get update?)" >&2; exit 1 ;; esac
rm -rf "$folder.part"
mkdir "$folder.part"
trap 'rm -rf "$folder.part"' EXIT INT TERM
# What would have to be installed for it, without installing.
packages=$(apt-get install --simulate --no-install-recommends clickhouse-server | sed -n 's/^Inst \([^ ]*\).*/\1/p')
# shellcheck disable=SC2086
(cd "$folder.part" && apt-get -o APT::Sandbox::User=root download -q $packages >/dev/null)
for package in "$folder.part"/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$folder.part" --exclude='./usr/share/doc' --exclude='./usr/share/man' --exclude='./etc' --exclude='./var'
  rm "$package"
done
echo "$version" > "$folder.part/version"
mv "$folder.part" "$folder"
trap - EXIT
echo "ClickHouse 18: unpacked $version ($(du -sm "$folder" | cut -f1) MB)"
