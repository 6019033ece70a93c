#!/bin/bash
# SPDX-License-Identifier: MIT
# The recorder survives a program that closes all descriptors, as daemons do: it never uses a number again
# that the program has closed, whichever part of the recorder had it. The HTTP server goes on with descriptors
# of its own, the trace is complete, the program ends without delay, and nothing is written into the files
# that the program opened afterwards.
# shellcheck disable=SC2317
. "$(dirname "$0")/lib.sh"
cd "$SCRATCH" || exit
"$CINSTR" cc gcc -O1 "$TOP/tests/programs/closes.c" -o closes && "$CINSTR" cc gcc -O1 "$TOP/tests/programs/closes.c" \
    -o served -lcinstr_http || exit

is_there() { [[ -e $1 ]]; }

# untouched PLACE: the program's files have what the program has written, and nothing else
untouched() {
    local file count=0
    for file in "$1"/own.*; do
        [[ $(<"$file") == own && $(stat -c %s "$file") == 4 ]] || { echo "$file" && head -c 100 "$file" && return 1; }
        count=$((count + 1))
    done
    ((count >= 50))
}

# runs PROGRAM HOW OPTIONS WHILE: WHILE is called before and after the program has closed all descriptors
runs() {
    local program=$1 how=$2 options=$3 meanwhile=$4 status place=$SCRATCH/place
    rm -rf "$place" p.pb.gz said && mkdir "$place" || return
    CINSTR_OPTIONS=output=$SCRATCH/p.pb.gz:$options timeout 300 "./$program" "$how" "$place" 2>said >out &
    local pid=$!
    await is_there "$place/begun" && "$meanwhile" && touch "$place/go" && await is_there "$place/closed" || return
    [[ $how == daemon ]] || "$meanwhile" || return
    touch "$place/stop"
    wait "$pid"
    status=$?
    await is_there "$place/ends"
    untouched "$place" && { ((status == 7)) || [[ $how == daemon && $status == 0 ]]; } || { echo "status $status" && return 1; }
}

nothing() { :; }
answers() {
    local url
    url=$(sed -n 's/^cinstr: profiles at //p' said)
    curl -sS --max-time 60 -o goroutines "${url}debug/pprof/goroutine?debug=1" && has -F 'main' <goroutines &&
        curl -sS --max-time 60 -o exact.pb.gz "${url}debug/pprof/exact" && "$CINSTR" report exact.pb.gz | has leaf || { cat said && return 1; }
}
is_profile() { "$CINSTR" verify p.pb.gz && "$CINSTR" report p.pb.gz | has leaf; }

for how in range loop all daemon; do
    exits() { runs closes $how '' nothing && if [[ $how != daemon ]]; then is_profile; fi; }
    check "$how: the profile at exit is complete, and the program's files are untouched" exits
    serves() { runs served $how http=localhost:0 answers && if [[ $how != daemon ]]; then is_profile; fi; }
    check "$how: the server still answers, and the program's files are untouched" serves
    traces() { runs closes $how "trace=$SCRATCH/t.json" nothing && if [[ $how != daemon ]]; then jq -e '[.traceEvents[] | select(.name == "leaf")] | length > 2000' t.json >/dev/null; fi; }
    check "$how: the trace is complete, and the program's files are untouched" traces
done

# A message that would go into a file of the program is not printed: here, that the profile cannot be written,
# and the writer's reason for it.
says_nothing_there() {
    mkdir -p -m 700 segments && runs_to_nowhere && rm -f segments/*
}
runs_to_nowhere() {
    local place=$SCRATCH/place
    rm -rf "$place" && mkdir "$place" || return
    CINSTR_OPTIONS=output=/nonexistent/p.pb.gz:directory=$SCRATCH/segments ./closes all "$place" 2>said &
    local pid=$!
    await is_there "$place/begun" && touch "$place/go" && await is_there "$place/closed" && touch "$place/stop" || return
    wait "$pid"
    (($? == 7)) && untouched "$place" && is_empty said && [[ -e $place/own.2 ]] && compgen -G 'segments/*'
}
check "a program's file that has the number of standard error gets no message" says_nothing_there

# A reader that waits for the end of the program's pipe must not have to wait for the recorder.
ends_are_seen() {
    mkfifo pipe && { timeout 300 cat pipe >/dev/null & }
    local reader=$! place=$SCRATCH/place
    rm -rf "$place" && mkdir "$place"
    CINSTR_OPTIONS=output=none:http=localhost:0:trace=$SCRATCH/t.json ./served all "$place" >pipe 2>said &
    local pid=$!
    await is_there "$place/begun" && touch "$place/go" && wait "$reader"
    local status=$?
    touch "$place/stop"
    wait "$pid"
    return $status
}
check "a pipe that the program has closed has no other writer" ends_are_seen

finish
