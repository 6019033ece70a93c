#!/bin/bash
# SPDX-License-Identifier: MIT
# A program that serves its own profiles (-lcinstr_http, http=, cinstr_http_serve()). go tool pprof reads them
# as it reads a Go service's, and a Go service is the model for status, type and headers. What is recorded
# stays exact and has nothing of the server in it. The program runs on even if the address cannot be served.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"
# shellcheck source=tests/programs/beside_go.sh
. "$TOP/tests/programs/beside_go.sh"
# shellcheck source=tests/page/driver.sh
. "$TOP/tests/page/driver.sh"
export PPROF_TMPDIR=$SCRATCH PPROF_BINARY_PATH=/nonexistent NO_PROXY='*' no_proxy='*'

LINK=(-L"$BUILD" -lcinstr_http -lcinstr_heap -lcinstr_block "${LINK_CINSTR[@]}")
servers=()
stop_all() {
    ((${#servers[@]} == 0)) || kill "${servers[@]}" 2>/dev/null
    rm -rf "$SCRATCH"
}
trap stop_all EXIT

# begin OPTIONS: starts the service and waits until it prints its address.
mkfifo "$SCRATCH/said"
fresh() { # makes new pipes, without what an earlier service has left in them
    rm -f "$SCRATCH/heard" "$SCRATCH/begun" && mkfifo "$SCRATCH/heard" "$SCRATCH/begun"
}
begin() {
    fresh
    CINSTR_OPTIONS="output=$SCRATCH/exit.pb.gz:directory=$SEGMENTS:$1" \
        "$SCRATCH/service" >"$SCRATCH/begun" 2>"$SCRATCH/heard" &
    pid=$!
    servers+=("$pid")
    exec 7<"$SCRATCH/begun" 8<"$SCRATCH/heard"
    read -r line <&8 && read -r _ <&7 || return
    url=${line##* }
    base=${url}debug/pprof
}
check "a program serves its profiles and prints the address" eval 'program_build gcc service &&
    begin heap=exact:block=1:mutex=1:trace_ring=16:http=localhost:0 &&
    [[ $line == "cinstr: profiles at http://localhost:"*/ ]]' || finish

# --- pprof ------------------------------------------------------------------------------------------

pprof() { # PATTERN NAME OPTION…: pprof prints a line with PATTERN
    local pattern=$1 name=$2
    shift 2
    go tool pprof -top "$@" "$base/$name" >"$SCRATCH/top" 2>"$SCRATCH/err" || { cat "$SCRATCH/err" && return 1; }
    grep -q -E -e "$pattern" "$SCRATCH/top" || { head -n 20 "$SCRATCH/top" && return 1; }
}
check "go tool pprof -seconds 1 reads profile, although sampling was not asked for" pprof ' (work|main)$' profile -seconds 1
for name in exact edges; do
    check "go tool pprof reads $name" pprof ' work$' "$name"
done
for name in heap allocs; do
    check "go tool pprof reads $name" pprof ' hold$' "$name"
done
for name in block mutex threadcreate; do
    check "go tool pprof reads $name" pprof '^ *flat' "$name"
done
check "go tool pprof -seconds 1 reads exact, with what happened in that second" pprof 'Duration: (1s|1[.])' exact -seconds 1

web_ui() {
    local port=$((20000 + $$ % 10000))
    go tool pprof -no_browser -http="localhost:$port" "$base/exact" >"$SCRATCH/ui" 2>&1 &
    servers+=($!)
    answers_or_ended() { curl -s "http://localhost:$port/ui/top" >"$SCRATCH/top" || has_ended "${servers[-1]}"; }
    await answers_or_ended && grep -q work "$SCRATCH/top"
}
check "the web UI of pprof shows the functions" web_ui

# A request gets few events if the program did not have the CPU meanwhile: hence many tries. The ring holds some
# 0.3 s of events, a hundred times as many as such a request gets. Times in the trace are differences in
# nanoseconds, but for the first.
trace_is_cut() {
    local tries took events span all
    for ((tries = 0; tries < 500; tries++)); do
        took=$(curl -sS -o "$SCRATCH/t" -w '%{time_total}' "$base/trace?seconds=0.001") &&
            protoc --decode_raw <"$SCRATCH/t" >"$SCRATCH/decoded" || return
        read -r events span < <(awk '/^  8: / && n++ { sum += $2 } END { printf "%d %d\n", n, sum }' "$SCRATCH/decoded")
        echo "$events events in $span ns; the request took $took s"
        awk "BEGIN { exit !($span <= $took * 1e9) }" || return
        ((events <= 10)) || break
    done
    all=$("$CINSTR" dump -q --directory "$SEGMENTS" --trace "$SCRATCH/all.pftrace" "$pid" &&
        protoc --decode_raw <"$SCRATCH/all.pftrace" | grep -c '^  8: ') || return
    echo "the ring has $all events"
    ((events > 10 && all > 2 * events))
}
check "a trace has the events of the time that was asked for" trace_is_cut
check "a Go service begins" eval 'go_service >"$SCRATCH/go.log" 2>&1' || finish
check "52 requests get the status, type and headers that a Go service gives" side_by_side "$base"
root_is_none() {
    for path in pprof/ pprof/heap debug debug/pprofx; do
        [[ $(curl -sS -o /dev/null -w '%{http_code}' "$url$path") == 404 ]] || return
    done
    for path in '' debug/pprof; do
        [[ $(curl -sS -o /dev/null -w '%{http_code} %{redirect_url}' "$url$path") == "301 ${url}debug/pprof/" ]] || return
    done
}
check "unknown paths are not found; / and /debug/pprof redirect to the index" root_is_none
check "more than an hour is refused in Go's words" eval '
    [[ $(curl -sS "$base/exact?seconds=3601") == "profile duration exceeds server'"'"'s WriteTimeout" ]]'

# --- the page -----------------------------------------------------------------------------------------

check "the browser's driver installs" install_driver
shows_live() {
    node "$TOP/tests/page/served.mjs" "$base/view/" work &&
        node "$TOP/tests/page/served.mjs" "$base/view/?kind=heap" hold
}
check "the page shows the running program, and its changes" shows_live

# --- the program ------------------------------------------------------------------------------------

only_its_own() {
    [[ $(curl -sS "$base/threadcreate?debug=1" | sed -n 1p) == "threadcreate profile: total 1" ]] || return
    (($(find "/proc/$pid/task" -mindepth 1 -maxdepth 1 | wc -l) >= 3)) || return
    ! curl -sS "$base/allocs?debug=1" | grep -E 'MHD|serve_|microhttpd'
}
check "the server's threads and memory are in no profile" only_its_own
takes_no_signals() {
    local task blocked
    for task in "/proc/$pid/task"/*; do
        [[ ${task##*/} == "$pid" ]] && continue
        blocked=$(awk '/^SigBlk/ { print $2 }' "$task/status" 2>/dev/null) || continue # all but SIGKILL, SIGSTOP and the two of libc
        (((0x$blocked & 0x7ffbfeff) == 0x7ffbfeff)) || { echo "$task: $blocked" && return 1; }
    done
}
check "the server's threads block the program's signals" takes_no_signals

busy() {
    local before after
    ask_often 50 "$base/heap?debug=1" || return
    before=$(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status")
    ask_often 200 "$base/exact" && ask_often 200 "$base/heap?debug=1" || return
    after=$(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status")
    echo "memory: $before kB, then $after kB"
    ((after < before + 16384))
}
check "hundreds of requests are answered, and the program's memory does not grow" busy

# Ends the program during a request that would take a minute.
ends_at_once() {
    local waiting
    curl -sS -o /dev/null "$base/exact?seconds=60" 2>/dev/null &
    waiting=$!
    answers() { [[ $(curl -sS "$base/threadcreate?debug=1" | sed -n 1p) ]]; }
    await answers || return
    kill -TERM "$pid"
    wait "$pid" || return
    wait "$waiting"
    cat <&7 >"$SCRATCH/truth"
    cat <&8 >"$SCRATCH/err"
    is_empty "$SCRATCH/err"
}
check "the program ends with status 0 while a client waits" ends_at_once
still_exact() {
    "$CINSTR" report --csv "$SCRATCH/exit.pb.gz" | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
        $1 == "work" || $1 == "hold" { print $1, $c["calls"] }' | sort >"$SCRATCH/found"
    sort "$SCRATCH/truth" | diff - "$SCRATCH/found"
}
check "the profile has every call, also those during requests" still_exact

# --- the address --------------------------------------------------------------------------------------

unix_socket() {
    begin "http=unix:$SCRATCH/socket" && [[ $line == "cinstr: profiles at unix:$SCRATCH/socket" ]] || return
    [[ $(stat -c %a "$SCRATCH/socket") == 600 ]] || return
    curl -sS --unix-socket "$SCRATCH/socket" http://x/debug/pprof/cmdline | has service || return
    kill "$pid" && wait "$pid" && [[ ! -e $SCRATCH/socket ]]
}
check "a Unix socket is this user's alone, and is removed at the end" unix_socket

# ends OPTIONS: the service runs to its end and writes its profile. Its messages are in err.
ends() {
    fresh
    rm -f "$SCRATCH/exit.pb.gz"
    CINSTR_OPTIONS="output=$SCRATCH/exit.pb.gz:directory=$SEGMENTS:$1" "$SCRATCH/service" >"$SCRATCH/begun" 2>"$SCRATCH/err" &
    pid=$!
    exec 7<"$SCRATCH/begun"
    read -r _ <&7
    kill "$pid" && wait "$pid" && "$CINSTR" verify "$SCRATCH/exit.pb.gz"
}
taken() {
    ends "http=${go#http://}" || return # a path makes it an invalid address
    (($(wc -l <"$SCRATCH/err") == 1)) && grep -q 'is not an address' "$SCRATCH/err" || return
    local at=${go#http://}
    ends "http=${at%%/*}" && (($(wc -l <"$SCRATCH/err") == 1)) &&
        grep -q 'cannot serve profiles at .* in use' "$SCRATCH/err"
}
check "if the address is invalid or in use, the program says so in one line and runs on" taken
check "http=none serves nothing" eval 'ends http=none && is_empty "$SCRATCH/err"'
check "a program that is linked with -lcinstr_http serves at localhost:6060 by default" eval 'ends cpu=1 &&
    grep -q -E "^cinstr: (profiles at http://localhost:6060/|cannot serve profiles at localhost:6060: .* in use)\$" "$SCRATCH/err"'
by_option_alone() {
    "${CC:-cc}" -O2 -g -finstrument-functions "$PROGRAMS/service.c" -o "$SCRATCH/service" "${LINK_CINSTR[@]}" &&
        begin http=127.0.0.1:0 && curl -sS -o "$SCRATCH/e.pb.gz" "$base/exact" && "$CINSTR" verify "$SCRATCH/e.pb.gz" &&
        kill "$pid" && wait "$pid"
}
check "http= serves in a program that is linked with -lcinstr alone" by_option_alone

# --- fork -----------------------------------------------------------------------------------------------

mkfifo "$SCRATCH/input"
forked() {
    local port child
    program_build gcc served -I"$TOP/include" || return
    exec 9<>"$SCRATCH/input"
    CINSTR_OPTIONS="output=$SCRATCH/served.%p.pb.gz:directory=$SEGMENTS:http=none" \
        "$SCRATCH/served" <"$SCRATCH/input" 9>&- >"$SCRATCH/out" 2>"$SCRATCH/err" || return # the child must not hold the parent's end
    await grep -q '^child' "$SCRATCH/out" || return
    diff "$SCRATCH/out" - <<'END' || return
no address -1 EINVAL
not an address -1 EIO
parent 0 fine
again -1 EALREADY
child 0 fine
END
    port=$(sed -n '2s/.*:\([0-9]*\)\/$/\1/p' "$SCRATCH/err") child=$(sed -n '3s/.* //p' "$SCRATCH/err")
    [[ $(curl -sS "${child}debug/pprof/cmdline" | tr -d '\0') == "$SCRATCH/served" ]] || return
    ! curl -sS "http://127.0.0.1:$port/" >"$SCRATCH/refused" 2>&1 || return
    exec 9>&-
}
check "a fork child does not serve at its parent's address, and may serve at its own" forked

statically() {
    "${CC:-cc}" -static -O2 -g -finstrument-functions "$PROGRAMS/service.c" -o "$SCRATCH/service" -L"$BUILD" -lcinstr_http \
        "$BUILD/libcinstr.a" "-Wl,@$BUILD/libcinstr.static" -lpthread && ends_static
}
ends_static() {
    fresh
    CINSTR_OPTIONS="output=none:directory=$SEGMENTS" "$SCRATCH/service" >"$SCRATCH/begun" 2>"$SCRATCH/err" &
    pid=$!
    exec 7<"$SCRATCH/begun"
    read -r _ <&7
    kill "$pid" && wait "$pid" && grep -q 'cannot serve profiles at localhost:6060: a static program cannot load' "$SCRATCH/err"
}
check "a static program says that it cannot serve, and runs on" statically
finish
