#!/bin/bash
# SPDX-License-Identifier: MIT
# The recorder's threads do not race: built with the thread sanitizer, it records programs of many threads
# without a report and as exactly as without, while `cinstr dump` reads what it records. The programs
# themselves are built as usual; the sanitizer sees their threads begin, wait and end.
# Not commands: threads
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
usual=$BUILD
BUILD=$usual/threads
LINK_CINSTR=("-Wl,--no-as-needed" -ltsan -L"$BUILD" -lcinstr "-Wl,-rpath,$BUILD")
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"
# The sanitizer's own stacks for handlers would be taken for the program's.
export TSAN_OPTIONS=use_sigaltstack=0:exitcode=66

build() {
    env -u MAKEFLAGS -u MAKELEVEL make -C "$TOP" -s -j2 BUILD="$usual" CC="${CC:-gcc}" threads &&
        ln -sf ../cinstr-writer "$BUILD/cinstr-writer"
}
check "the recorder builds with the thread sanitizer" build || finish
check "the checker builds" harness_build || finish

# The sanitizer would be silent, too, if it did not look.
sees_races() {
    gcc -O1 -g -fsanitize=thread -pthread "$TOP/tests/programs/race.c" -o "$SCRATCH/race" || return
    "$SCRATCH/race" 2>"$SCRATCH/race.err"
    (($? == 66)) && has 'data race' <"$SCRATCH/race.err"
}
check "the sanitizer sees a race" sees_races

# exact NAME STATUS: no report, no other word, all calls. Fork children may leave profiles of their own.
exact() {
    local truth=("$SCRATCH/$1".truth.*)
    (($2 == 0)) && says_nothing "$1" || { echo "status $2" && head -n 40 "$SCRATCH/$1.err" && return 1; }
    edges_of "$SCRATCH/$1.${truth[0]##*.}.pb.gz" >"$SCRATCH/$1.csv" && "$SCRATCH/truth-check" "${truth[0]}" "$SCRATCH/$1.csv"
}
recorded() { # NAME ARGUMENTS…
    program_run "$@" </dev/null
    exact "$1" $?
}
# Profiles are taken of the program as long as it runs.
dumped() { # NAME ARGUMENTS…
    local dumps=0
    program_run "$@" </dev/null &
    while kill -0 $! 2>/dev/null; do
        CINSTR_OPTIONS=directory=$SEGMENTS "$CINSTR" dump "$1" -o "$SCRATCH/dump.pb.gz" && dumps=$((dumps + 1))
    done >"$SCRATCH/dumps.log" 2>&1
    wait $!
    exact "$1" $? && ((dumps > 0)) || { echo "$dumps dumps" && tail -n 3 "$SCRATCH/dumps.log" && return 1; }
}
for name in at_once thread_storm live; do
    check "$name builds" program_build gcc "$name" -I"$TOP/include" || finish
done
for options in '' :timing=adaptive :histogram=1:sample=1000 :by_thread=1:trace_ring=1 :timing=count; do
    export EXTRA_OPTIONS=$options
    check "threads that use all of the recorder at once${options:+, $options}" recorded at_once 2
    check "many threads${options:+, $options}" recorded thread_storm "$SEGMENTS" 50 200
    check "threads that are read${options:+, $options}" dumped live 5
done
finish
