#!/bin/bash
# SPDX-License-Identifier: MIT
# Other tools open what cinstr writes: speedscope opens profiles and traces; and a user who asks a hanging
# service for its goroutines, as Go's users do, gets the stack of each thread.
# shellcheck disable=SC2317
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/page/driver.sh
. "$TOP/tests/page/driver.sh"
cd "$SCRATCH" || exit
running=()
stop_all() {
    ((${#running[@]} == 0)) || kill -9 "${running[@]}" 2>/dev/null
    rm -rf "$SCRATCH"
}
trap stop_all EXIT

# --- each thread's stack --------------------------------------------------------------------------

"$CINSTR" cc gcc "$TOP/tests/programs/hung.c" -o hung -lpthread -lcinstr_http || exit
mkdir -m 700 segments
mkfifo said
begin() {
    CINSTR_OPTIONS=output=none:directory=$SCRATCH/segments:http=localhost:0 ./hung 2>said &
    hung=$!
    running+=("$hung")
    read -r line <said
    own=${line##* }debug/pprof
    "$CINSTR" serve --directory segments --listen localhost:0 2>said &
    running+=($!)
    read -r line <said
    beside=${line##* }$hung/debug/pprof
    [[ $own == http* && $beside == http* ]]
}
check "a program that hangs and two servers start" begin || finish

get() { curl -sS --max-time 60 -o got "$1/goroutine?debug=$2" -w '%{http_code} %{content_type}' >answer && has "^200 $3" <answer || { cat answer got && return 1; }; }
both_wait() { get "$1" 2 text/plain && (($(grep -c '^inner(\.\.\.)$' got) == 2)); }

stacks() { # BASE
    await both_wait "$1" && (($(grep -c '^goroutine [0-9][0-9]* \[' got) == 2)) && (($(grep -c '^w(\.\.\.)$' got) == 1)) &&
        (($(grep -c '^main(\.\.\.)$' got) == 1)) && (($(grep -c -P '^\t.*hung\.c:[0-9]+$' got) >= 4)) || { cat got && return 1; }
}
as_text() { get "$1" 1 text/plain && has '^goroutine profile: total 2$' <got && has inner <got && has 'hung\.c' <got || { cat got && return 1; }; }
as_profile() {
    get "$1" 0 application/octet-stream && "$CINSTR" report --json got >report.json &&
        [[ $(jq -r '[.functions[].function] | map(select(. == "inner" or . == "w" or . == "main")) | sort | join(" ")' report.json) == 'inner main w' ]] ||
        { cat report.json && return 1; }
}
for server in own beside; do
    name=$([[ $server == own ]] && echo "the program's own server" || echo "cinstr serve")
    check "$name: goroutine?debug=2 has each thread's stack" stacks "${!server}"
    check "$name: goroutine?debug=1 counts the stacks" as_text "${!server}"
    check "$name: goroutine?debug=0 is a profile" as_profile "${!server}"
done
if command -v go >/dev/null; then
    taken() { PPROF_TMPDIR=$SCRATCH go tool pprof -top "$own/goroutine" >top 2>err && has ' inner$' <top || { cat top err && return 1; }; }
    check "go tool pprof reads goroutine" taken
fi

# --- speedscope -----------------------------------------------------------------------------------

record() {
    "$CINSTR" cc gcc -O1 "$TOP/tests/programs/one_leaf.c" -o leaf &&
        CINSTR_OPTIONS=output=leaf.pb.gz:trace=leaf.json ./leaf >out 2>err && is_empty err
}
if command -v npm >/dev/null && command -v chromium >/dev/null; then
    check "the browser's driver installs" install_driver && check "a profile and a trace are recorded" record &&
        in_browser speedscope_opens.mjs "$PWD/leaf.pb.gz" main leaf && in_browser speedscope_opens.mjs "$PWD/leaf.json" main leaf
else
    fail "speedscope opens profiles and traces" "npm or chromium is not here: scripts/install-deps test"
fi

finish
