#!/bin/bash
# SPDX-License-Identifier: MIT
# Messages are true and say what to do; contradictory options are refused; no files are left behind.
. "$(dirname "$0")/lib.sh"
PROGRAMS=$TOP/tests/programs
"$CINSTR" cc gcc "$PROGRAMS/one_leaf.c" -o "$SCRATCH/leaf" || exit
cd "$SCRATCH" || exit

# says STATUS PATTERN ARGUMENT…: cinstr ends with STATUS and prints one line on standard error, with PATTERN
says() {
    local status=$1 pattern=$2
    shift 2
    "$CINSTR" "$@" >out 2>err
    (($? == status && $(wc -l <err) == 1)) && has -E "$pattern" <err || { cat err && return 1; }
}

CINSTR_OPTIONS=output=p.pb.gz ./leaf >out || exit
check "a profile that does not exist: the message says that there is no such file" says 1 'nosuch.pb.gz: No such file' report nosuch.pb.gz
check "a name that may be a program's: the message says that there is neither file nor process" says 1 "no such file, and no process of a program 'nosuch'" report nosuch
check "a path that does not exist: the message says that there is no such file" says 1 'No such file' report ./nosuch

# --- contradictory options ------------------------------------------------------------------------

for pair in '--edges --tree' '--json --csv' '--html a.html --edges' '--leaks --edges' '--addresses --tree' \
    '--html a.html --json' '--addresses --csv' '--html a.html --limit 3' '--least 3 --edges'; do
    # shellcheck disable=SC2086
    check "report $pair is refused" says 2 '(exclude|not with|goes with)' report $pair p.pb.gz
done
check "report --edges --edges is not refused" eval '"$CINSTR" report --edges --edges p.pb.gz'
check "diff --json --csv is refused" says 2 'exclude each other' diff --json --csv p.pb.gz p.pb.gz
check "diff --edges --causes is refused" says 2 'exclude each other' diff --edges --causes p.pb.gz p.pb.gz
check "growth --json --csv is refused" says 2 'exclude each other' growth --json --csv --sizes 1,2 -- ./leaf {}
check "run --trace --trace-ring is refused" says 2 'exclude each other' run --trace a --trace-ring 3 ./leaf
check "run --sample-clock without --sample is refused" says 2 'goes with --sample' run --sample-clock wall ./leaf
check "ps --dry-run without --clean is refused" says 2 'goes with --clean' ps --dry-run
check "ps with a pid and without --clean is refused" says 2 'go with --clean' ps 1
check "ps --clean with an argument that is no pid is refused" says 2 "'x' is not a pid" ps --clean x

# --- filters that match nothing -------------------------------------------------------------------

for view in '' --edges --tree --json; do
    # shellcheck disable=SC2086
    check "report $view says that --show matches nothing" says 0 "no function matches --show 'zzz'" report $view --show zzz p.pb.gz
    # shellcheck disable=SC2086
    check "report $view says that --focus matches nothing" says 0 "no function matches --focus 'zzz'" report $view --focus zzz p.pb.gz
done
check "report says nothing when they match" eval '"$CINSTR" report --show leaf --focus main p.pb.gz 2>err && is_empty err'

# --- verify recognises cinstr's own profiles -------------------------------------------------------

own_kinds() {
    local kind
    "$CINSTR" run -q -o own.pb.gz --memprofile heap.pb.gz --blockprofile block.pb.gz --mutexprofile mutex.pb.gz --sample -- \
        ./leaf >out && "$CINSTR" merge -q -o merged.pb.gz own.pb.gz p.pb.gz || return
    for kind in own heap block mutex merged own.cpu; do
        "$CINSTR" verify "$kind.pb.gz" >out || return
        has 'fine' <out && ! has 'not by cinstr' <out || { cat out && return 1; }
    done
}
check "verify recognises profiles of all kinds and their sums as cinstr's own" own_kinds

# --- pipes without a writer ------------------------------------------------------------------------

lonely_pipe() {
    mkfifo lonely && { "$CINSTR" report --csv lonely >out 2>said & }
    local pid=$!
    tail -f --pid=$pid said 2>/dev/null | sed '/waiting for somebody to write to the pipe lonely/q' >err
    cat p.pb.gz >lonely && wait "$pid" && has '^leaf,100' <out
}
check "report says that it waits for a writer to the pipe, and reads what that writes" lonely_pipe

# --- ps -------------------------------------------------------------------------------------------

"$CINSTR" cc gcc "$PROGRAMS/hung.c" -o hung -lpthread || exit
# left: runs a process and kills it, so that it leaves its segment; its pid is in `left`
left() {
    mkdir -p -m 700 segments || return
    CINSTR_OPTIONS=output=none:directory=$SCRATCH/segments ./hung &
    left=$!
    until [[ $("$CINSTR" ps --json --directory segments 2>/dev/null | jq "[.processes[] | select(.pid == $left)] | length") == 1 ]]; do
        kill -0 "$left" || return
    done
    kill -9 "$left"
    wait "$left" 2>/dev/null
    :
}
cleaned() {
    local first
    left && first=$left && left && "$CINSTR" ps --clean --dry-run --directory segments >out 2>err &&
        (($(wc -l <out) == 2)) && has '2 segments .* would be removed' <err && (($(ls segments | wc -l) == 2)) &&
        "$CINSTR" ps --clean --directory segments "$first" 2>err && has '1 segment .* removed' <err &&
        [[ $(ls segments) == "$left".* ]] && says 1 'nothing to remove' ps --clean --directory segments "$first" &&
        "$CINSTR" ps -q --clean --directory segments && [[ -z $(ls segments) ]]
}
check "ps --clean takes pids, and --dry-run removes nothing" cleaned

# Programs begin and end all the time while ps looks for them.
silent() {
    local i
    mkdir -p -m 700 busy
    (for i in {1..150}; do CINSTR_OPTIONS=output=none:directory=$SCRATCH/busy ./leaf; done >out) &
    local pid=$!
    while kill -0 "$pid" 2>/dev/null; do
        "$CINSTR" ps --json --directory busy >list.json 2>err && is_empty err &&
            jq -e '[.processes[] | select(.calls == null)] | length == 0' list.json >/dev/null || { cat err list.json && return 1; }
    done
}
check "ps prints nothing about processes that end while it looks" silent

# --- files that would be left behind --------------------------------------------------------------

plain() { # FILE: the file has no hooks
    ! nm "$1" | has -e cyg_profile -e cinstr
}
probes() {
    cp "$PROGRAMS/one_leaf.c" conftest.c && "$CINSTR" cc gcc -o conftest conftest.c && plain conftest &&
        "$CINSTR" cc gcc -c conftest.c && plain conftest.o && mkdir -p objs && "$CINSTR" cc gcc -o objs/autotest conftest.c &&
        plain objs/autotest && CINSTR_CC=plain "$CINSTR" cc gcc -o other "$PROGRAMS/one_leaf.c" && plain other &&
        ./conftest && objs/autotest && ./other && ! compgen -G 'cinstr.*'
}
check "cinstr cc adds no hooks to tests of configure scripts, nor with CINSTR_CC=plain" probes

folder() {
    local i
    for i in 1 2 3; do
        (mkdir -p "deep/$i" && cd "deep/$i" && CINSTR_OPTIONS=output=$SCRATCH/all/ "$SCRATCH/leaf") || return
    done >out
    "$CINSTR" run -q -o all/ ./leaf >out && (($(ls all | wc -l) == 4)) && ! compgen -G 'deep/*/*'
}
check "output=FOLDER/ puts all profiles into one folder" folder

finish
