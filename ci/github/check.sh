#!/usr/bin/env bash
# A step of action.yml: runs tidemark check, annotates, and says by the outputs of the step what came of it. Its exit code is that of check.
#
# TIDEMARK_…: the inputs of action.yml, as they are written; GITHUB_…, RUNNER_TEMP: as GitHub sets them.
set -euo pipefail

fail() {
  echo "::error title=tidemark::$1"
  echo 'exit-code=2' >>"$GITHUB_OUTPUT"
  exit 2
}

directory=${TIDEMARK_DIRECTORY:-.}
case "$directory" in /*) ;; *) directory=./$directory ;; esac
cd "$directory" 2>/dev/null || fail 'working-directory: there is no such folder'

since=$TIDEMARK_SINCE
[ -n "$since" ] || since=${GITHUB_BASE_REF:+origin/$GITHUB_BASE_REF}
has_merge_base() {
  local commit
  commit=$(git rev-parse --verify --quiet --end-of-options "$since^{commit}") && git merge-base HEAD "$commit"
}
if [ -n "$since" ] && [ "$(git rev-parse --is-shallow-repository 2>&1)" = true ] && ! has_merge_base >/dev/null 2>&1; then
  fail 'the clone is shallow, and what the change is compared with is not in it: set fetch-depth: 0 for actions/checkout'
fi

reports=$(mktemp -d "$RUNNER_TEMP/tidemark-check-XXXXXX")
# Each value is joined to its flag: none of them is ever taken for a flag of its own.
flags=(--no-progress --format=text "--format=github:$reports/annotations" "--format=sarif:$reports/tidemark.sarif" "--format=json:$reports/tidemark.json" "--format=markdown:$reports/tidemark.md")
flag() { [ -z "$2" ] || flags+=("--$1=$2"); }
flag bundle "$TIDEMARK_BUNDLE"
flag since "$since"
flag baseline "$TIDEMARK_BASELINE"
flag waivers "$TIDEMARK_WAIVERS"
flag max-age "$TIDEMARK_MAX_AGE"
flag config "$TIDEMARK_CONFIG"
flag fail-on "$TIDEMARK_FAIL_ON"
case "$TIDEMARK_RATCHET" in
  true) flags+=(--ratchet) ;;
  false | '') ;;
  *) fail "ratchet: is 'true' or 'false'" ;;
esac
while IFS= read -r line; do
  line=$(sed 's/^[[:space:]]*//; s/[[:space:]]*$//' <<<"$line")
  case "$line" in
    '') ;;
    *:?*) flags+=("--format=$line") ;;
    *) fail 'formats: each line is FORMAT:FILE, as in junit:tidemark.xml' ;;
  esac
done <<<"$TIDEMARK_FORMATS"

# The log of GitHub obeys what looks like a command in it, and the report holds names that others chose.
token=$(node -p 'crypto.randomUUID()')
echo "::stop-commands::$token"
code=0
node "$TIDEMARK_PROGRAM" check "${flags[@]}" 2>"$reports/messages" || code=$?
# Not to standard error: that is another pipe into the same log, and might arrive after the line below.
cat "$reports/messages"
echo
echo "::$token::"

if [ -s "$reports/annotations" ]; then cat "$reports/annotations"; fi
if [ ! -s "$reports/tidemark.json" ]; then
  # One line, escaped as a message of a command is.
  echo "::error title=tidemark::$(head -n 2 "$reports/messages" | tr -s '\r\n ' ' ' | sed 's/^tidemark: //; s/ $//; s/%/%25/g')"
fi

{
  echo "exit-code=$code"
  if [ -s "$reports/tidemark.json" ]; then
    node -e '
      const { check, gaps } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
      const { counts } = check;
      for (const [name, value] of Object.entries({ new: counts.new, fixed: counts.fixed, suppressed: counts.suppressed, "not-looked-at": gaps.length })) console.log(`${name}=${Number(value)}`);
    ' "$reports/tidemark.json"
    echo "sarif=$reports/tidemark.sarif"
    echo "json=$reports/tidemark.json"
    echo "markdown=$reports/tidemark.md"
  fi
} >>"$GITHUB_OUTPUT"
exit "$code"
