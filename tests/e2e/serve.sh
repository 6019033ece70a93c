#!/bin/bash
# SPDX-License-Identifier: MIT
# `cinstr serve`: go tool pprof reads every profile of a running process by its URL. Requests are answered as
# a Go service answers the same requests. Counts stay exact meanwhile. Requests under foreign host names, slow
# and malformed requests do no harm.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"
# shellcheck source=tests/programs/beside_go.sh
. "$TOP/tests/programs/beside_go.sh"
export PPROF_TMPDIR=$SCRATCH PPROF_BINARY_PATH=/nonexistent NO_PROXY='*' no_proxy='*'

LINK=(-L"$BUILD" -lcinstr_heap -lcinstr_block "${LINK_CINSTR[@]}")
servers=()
stop_all() {
    ((${#servers[@]} == 0)) || kill "${servers[@]}" 2>/dev/null
    rm -rf "$SCRATCH"
}
trap stop_all EXIT

# await_line FIFO: reads the address that a server prints when it listens
mkfifo "$SCRATCH/said" "$SCRATCH/begun"
start() {
    program_build gcc service || return
    CINSTR_OPTIONS="output=$SCRATCH/exit.pb.gz:directory=$SEGMENTS:sample=250:heap=exact:block=1:mutex=1:trace_ring=1" \
        "$SCRATCH/service" >"$SCRATCH/begun" &
    pid=$!
    servers+=("$pid")
    exec 7<"$SCRATCH/begun"
    read -r _ <&7
    "$CINSTR" serve --directory "$SEGMENTS" --listen localhost:0 2>"$SCRATCH/said" &
    server=$!
    servers+=("$server")
    read -r line <"$SCRATCH/said"
    url=${line##* }
    base=${url}$pid/debug/pprof
}
check "a process and a server start" eval 'start >"$SCRATCH/start.log" 2>&1' || finish

# --- pprof ------------------------------------------------------------------------------------------

pprof() { # PATTERN NAME OPTION…: pprof prints a line with PATTERN
    local pattern=$1 name=$2
    shift 2
    go tool pprof -top "$@" "$base/$name" >"$SCRATCH/top" 2>"$SCRATCH/err" || { cat "$SCRATCH/err" && return 1; }
    grep -q -E -e "$pattern" "$SCRATCH/top" || { head -n 20 "$SCRATCH/top" && return 1; }
}
check "go tool pprof reads exact" pprof ' work$' exact -sample_index=calls
check "go tool pprof reads edges" pprof ' work$' edges
check "go tool pprof reads heap" pprof ' hold$' heap
check "go tool pprof reads allocs" pprof ' hold$' allocs
check "go tool pprof reads block" pprof '^ *flat' block
check "go tool pprof reads mutex" pprof '^ *flat' mutex
interactive() {
    go tool pprof "$base/exact" >"$SCRATCH/session" 2>&1 <<<$'sample_index=calls\ntop 3\npeek work$\nlist work$\nquit' &&
        has 'Showing top 3 nodes' <"$SCRATCH/session" && has '| *work$' <"$SCRATCH/session" &&
        has 'ROUTINE =* work in .*/service\.c' <"$SCRATCH/session" || { cat "$SCRATCH/session" && return 1; }
}
check "go tool pprof answers top, peek and list in a session" interactive
check "go tool pprof -seconds 1 reads profile, sampled in that second" pprof ' (work|main)$' profile -seconds 1
check "go tool pprof -seconds 1 reads exact, with what happened in that second" pprof 'Duration: (1s|1[.])' exact -seconds 1
check "go tool pprof -diff_base compares two profiles" \
    eval 'curl -sS -o "$SCRATCH/base.pb.gz" "$base/heap" && pprof "^ *flat" heap -diff_base "$SCRATCH/base.pb.gz"'

# What happened in a second is no more than the difference between two whole profiles, taken before and after
# it.
delta_is_between() {
    local before after delta
    calls() { go tool pprof -raw "$1" | awk '/^Samples:/ { getline; on = 1; next } /^Locations/ { on = 0 } on { sum += $1 } END { printf "%d\n", sum }'; }
    curl -sS -o "$SCRATCH/1.pb.gz" "$base/edges" && curl -sS -o "$SCRATCH/d.pb.gz" "$base/edges?seconds=1" &&
        curl -sS -o "$SCRATCH/2.pb.gz" "$base/edges" || return
    before=$(calls "$SCRATCH/1.pb.gz") delta=$(calls "$SCRATCH/d.pb.gz") after=$(calls "$SCRATCH/2.pb.gz")
    echo "$before + $delta <= $after"
    ((before > 0 && delta > 0 && before + delta <= after))
}
check "edges?seconds=1 has the calls made in that second" delta_is_between

symbolizes() {
    local address
    curl -sS -o "$SCRATCH/s.pb.gz" "$base/exact" || return
    address=$(go tool pprof -raw "$SCRATCH/s.pb.gz" | awk '$4 == "work" && !found++ { print $2 }')
    [[ $(curl -sS "$base/symbol?$address") == "num_symbols: 1"$'\n'"$address work" ]] &&
        [[ $(curl -sS -d "0x1+$address" "$base/symbol") == "num_symbols: 1"$'\n'"$address work" ]]
}
check "symbol translates addresses into names, by GET and by POST" symbolizes
check "cmdline is the program's command line" eval '[[ $(curl -sS "$base/cmdline" | tr "\0" " ") == "$SCRATCH/service" ]]'
check "a decoder reads the trace" \
    eval 'curl -sS -o "$SCRATCH/t.pftrace" "$base/trace?seconds=0.1" && protoc --decode_raw <"$SCRATCH/t.pftrace" >"$SCRATCH/t" && grep -q work "$SCRATCH/t"'
check "the index has links to all of them" \
    eval '[[ $(curl -sS "$base/" | grep -o "href=\"[a-z][a-z]*" | wc -l) == 13 ]] && curl -sS "$url" | has "/$pid/debug/pprof/"'

# --- as Go answers ----------------------------------------------------------------------------------

check "a Go service starts" eval 'go_service >"$SCRATCH/go.log" 2>&1' || finish
check "52 requests get the status, type and headers that a Go service gives" side_by_side "$base"

# The first request for a CPU profile is accepted. If it was the one that is_refused() makes, that is called
# again.
one_at_a_time() {
    local first='' refusal='Could not enable CPU profiling: cpu profiling already in use'
    is_refused() {
        curl -sS "$base/profile?seconds=1" | has -a "^$refusal\$" && return
        [[ $first ]] && kill -0 "$first" && return 1
        curl -sS -o /dev/null "$base/profile?seconds=60" &
        first=$!
        return 1
    }
    await is_refused || return
    kill "$first"
    wait "$first"
    # Another profile is possible when the client has gone.
    is_given() { [[ $(curl -sS -o /dev/null -w '%{http_code}' "$base/profile?seconds=1") == 200 ]]; }
    await is_given
}
check "only one CPU profile at a time is taken, with Go's message, and a client that goes away frees it" one_at_a_time

# --- requests that are refused ----------------------------------------------------------------------

status_of() { # CURL ARGUMENT…
    curl -sS -o /dev/null -w '%{http_code}' "$@"
}
strangers() {
    [[ $(status_of -H 'Host: evil.example' "$base/heap") == 403 ]] &&
        [[ $(status_of -H 'Host: localhost.evil.example:80' "$base/heap") == 403 ]] &&
        [[ $(status_of -H 'Host: 127.0.0.1' "$base/heap") == 200 ]] &&
        [[ $(status_of -H 'Host: [::1]:6060' "$base/heap") == 200 ]] &&
        [[ $(status_of -H 'Host: LOCALHOST' "$base/heap") == 200 ]]
}
check "names of other hosts are refused, those of this machine accepted" strangers
check "other methods are refused" eval '[[ $(status_of -X DELETE "$base/heap") == 405 && $(status_of -X POST "$base/heap") == 405 ]]'
check "unknown processes and paths are not found" \
    eval '[[ $(status_of "${url}999999999/debug/pprof/heap") == 404 && $(status_of "${url}../etc/passwd" --path-as-is) == 404 && $(status_of "${url}1/x") == 404 ]]'

malformed() {
    local port=${url##*:} text
    port=${port%/}
    for text in 'nonsense' 'GET' 'GET / HTTP/9.9' $'GET / HTTP/1.1\r\nHost' "GET /$(head -c 40000 /dev/zero | tr '\0' a) HTTP/1.1" \
        $'POST /1/debug/pprof/symbol HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5' $'GET /%00%ff?%zz=%&&&=;; HTTP/1.1\r\nHost: localhost'; do
        { send 6 '%s\r\n\r\n' "$text" && cat <&6; } 6<>"/dev/tcp/localhost/$port" >/dev/null 2>&1
    done
    [[ $(status_of -d @<(head -c 100000 /dev/zero | tr '\0' 1) "$base/symbol") == 413 ]] && [[ $(status_of "$base/heap") == 200 ]]
}
check "malformed requests are ended, and later requests are answered" malformed

# One address opens more connections than it may have and sends nothing: another address is still answered.
slow_clients() {
    local port=${url##*:} fds=() fd i
    port=${port%/}
    for ((i = 0; i < 40; i++)); do
        exec {fd}<>"/dev/tcp/127.0.0.1/$port" || break
        send "$fd" 'GET / HT'
        fds+=("$fd")
    done
    [[ $(status_of --interface 127.0.0.2 "$base/heap") == 200 ]]
    local result=$?
    for fd in "${fds[@]}"; do exec {fd}>&-; done
    return "$result"
}
check "clients that send nothing do not keep out others" slow_clients

# A client that sends a byte every second is never silent, but is disconnected all the same.
trickle() {
    local port=${url##*:}
    port=${port%/}
    {
        send 6 'GET / HTTP/1.1\r\n'
        while send 6 X && ! read -r -t 1 -u 6 && (($? > 128)); do :; done
    } 6<>"/dev/tcp/localhost/$port"
} 2>/dev/null
trickle &
trickler=$!

# --- the program ------------------------------------------------------------------------------------

busy() {
    local before after
    before=$(awk '/^VmRSS/ { print $2 }' "/proc/$server/status")
    ask_often 200 "$base/exact" && ask_often 200 "$base/heap?debug=1" && ask_often 200 "$base/exact" || return
    after=$(awk '/^VmRSS/ { print $2 }' "/proc/$server/status")
    echo "memory: $before kB, then $after kB"
    ((after < before + 65536))
}
check "hundreds of requests are answered, and the server's memory does not grow" busy

still_exact() {
    kill -TERM "$pid"
    await has_ended "$pid" || return
    cat <&7 >"$SCRATCH/truth"
    "$CINSTR" report --csv "$SCRATCH/exit.pb.gz" | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
        $1 == "work" || $1 == "hold" { print $1, $c["calls"] }' | sort >"$SCRATCH/found"
    sort "$SCRATCH/truth" | diff - "$SCRATCH/found"
}
check "the profile at exit has every call, also those during requests" still_exact

check "a client that sends a byte every second is disconnected" wait "$trickler"

# --- addresses --------------------------------------------------------------------------------------

unix_socket() {
    "$CINSTR" serve --directory "$SEGMENTS" --listen "unix:$SCRATCH/socket" 2>"$SCRATCH/said" &
    local unix=$!
    read -r _ <"$SCRATCH/said"
    [[ $(stat -c %a "$SCRATCH/socket") == 600 ]] && curl -sS --unix-socket "$SCRATCH/socket" http://x/ | has Processes || return
    kill "$unix" && wait "$unix" && [[ ! -e $SCRATCH/socket ]]
}
check "a Unix socket is this user's alone, and is removed at the end" unix_socket

bad_address() {
    "$CINSTR" serve --listen "$1" 2>"$SCRATCH/err" && return 1
    (($(wc -l <"$SCRATCH/err") == 1))
}
check "an invalid address gets one line" bad_address nonsense
check "a port that is in use gets one line" bad_address "$(port=${url##*:} && echo "localhost:${port%/}")"
finish
