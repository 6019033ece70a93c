#!/bin/bash
# SPDX-License-Identifier: MIT
# Recording that is switched off costs little: then an instrumented program executes at most twice the
# instructions of the same program with empty hooks, counted by callgrind. What is switched on later is
# recorded completely.
# shellcheck disable=SC2317
. "$(dirname "$0")/lib.sh"
PROGRAMS=$TOP/tests/programs
cd "$SCRATCH" || exit
has_tool valgrind "instructions are counted" || finish
CALLS=1000000

check "a library that makes a program believe that it is set-uid builds" gcc -shared -fPIC -DPRELOADED "$PROGRAMS/off.c" -o secure.so || finish

# count PROGRAM ARGUMENT…: sets `instructions` to the number that the program executes
count() {
    valgrind -q --tool=callgrind --callgrind-out-file=counts "$@" >out 2>err && [[ $(<out) == "$CALLS" ]] &&
        instructions=$(awk '/^summary:|^totals:/ { print $2; exit }' counts) || { cat err && return 1; }
}
# build COMPILER: builds off with the recorder, and empty with empty hooks; sets `most`, the limit
build() {
    "$1" -O1 -DEMPTY -finstrument-functions "$PROGRAMS/off.c" -o empty && "$CINSTR" cc "$1" -O1 "$PROGRAMS/off.c" -o off &&
        count ./empty $CALLS && most=$((2 * instructions))
}

within() { # NAME=VALUE… PROGRAM ARGUMENT…: it stays below the limit, and nothing is recorded
    (
        while [[ $1 == *=* ]]; do declare -x "$1" && shift; done
        count "$@" && echo "$instructions instructions, at most $most allowed" && ((instructions <= most)) && ! compgen -G 'cinstr.*'
    )
}
for compiler in gcc clang-14 clang-19; do
    command -v $compiler >/dev/null || continue
    build $compiler || { fail "$compiler" "its programs do not build" && continue; }
    check "$compiler: with start=0, a program executes at most twice the instructions of empty hooks" within CINSTR_OPTIONS=start=0:cpu=0 ./off $CALLS
    check "$compiler: with start=0:timing=adaptive, it executes at most twice the instructions of empty hooks" within CINSTR_OPTIONS=start=0:cpu=0:timing=adaptive ./off $CALLS
    check "$compiler: a set-uid program executes at most twice the instructions of empty hooks" within "LD_PRELOAD=$SCRATCH/secure.so" ./off $CALLS
done

# A call that is open when recording begins is not recorded. All later ones are.
later() {
    "$CINSTR" cc gcc -O1 -I"$TOP/include" -x c - -o later <<'END_C' || return
#include <cinstr.h>
__attribute__((noinline)) void leaf(void) { __asm__ volatile(""); }
__attribute__((noinline)) void middle(int n) { for (int i = 0; i < n; i++) leaf(); }
int main(void) {
    middle(1000);
    cinstr_start();
    middle(100);
    cinstr_stop();
    middle(1000);
    cinstr_start();
    middle(10);
    return 0;
}
END_C
    CINSTR_OPTIONS=start=0:output=p.pb.gz ./later >out 2>err && is_empty err && "$CINSTR" verify p.pb.gz &&
        "$CINSTR" report --json p.pb.gz >report.json &&
        [[ $(jq -r '[.functions[] | select(.calls > 0) | "\(.function) \(.calls)"] | sort | join(",")' report.json) == 'leaf 110,middle 2' ]] &&
        [[ $(jq '.notes // [] | map(select(test("before"))) | length' report.json) == 0 ]] || { jq -c .functions report.json && return 1; }
}
check "cinstr_start() records exactly the calls made between it and cinstr_stop()" later

finish
