#!/bin/bash
# SPDX-License-Identifier: MIT
# Off means off: where nothing is recorded, an instrumented program executes at most twice the instructions of
# the plain one plus empty hooks; and what is switched on later is recorded whole.
# shellcheck disable=SC2317
. "$(dirname "$0")/lib.sh"
PROGRAMS=$TOP/tests/programs
cd "$SCRATCH" || exit
has_tool valgrind "instructions are counted" || finish
CALLS=1000000

check "what makes a program believe that it is set-uid builds" gcc -shared -fPIC -DPRELOADED "$PROGRAMS/off.c" -o secure.so || finish

# count PROGRAM ARGUMENT…: the instructions that it executes, in `instructions`
count() {
    valgrind -q --tool=callgrind --callgrind-out-file=counts "$@" >out 2>err && [[ $(<out) == "$CALLS" ]] &&
        instructions=$(awk '/^summary:|^totals:/ { print $2; exit }' counts) || { cat err && return 1; }
}
# of COMPILER: sets `most`
build() {
    "$1" -O1 -DEMPTY -finstrument-functions "$PROGRAMS/off.c" -o empty && "$CINSTR" cc "$1" -O1 "$PROGRAMS/off.c" -o off &&
        count ./empty $CALLS && most=$((2 * instructions))
}

within() { # NAME=VALUE… PROGRAM ARGUMENTS…: what is recorded is nothing, and cheap
    (
        while [[ $1 == *=* ]]; do declare -x "$1" && shift; done
        count "$@" && echo "$instructions of $most" && ((instructions <= most)) && ! compgen -G 'cinstr.*'
    )
}
for compiler in gcc clang-14 clang-19; do
    command -v $compiler >/dev/null || continue
    build $compiler || { fail "$compiler" "its programs do not build" && continue; }
    check "$compiler: start=0 is off" within CINSTR_OPTIONS=start=0:cpu=0 ./off $CALLS
    check "$compiler: start=0 is off with timing=adaptive" within CINSTR_OPTIONS=start=0:cpu=0:timing=adaptive ./off $CALLS
    check "$compiler: a set-uid program is off" within "LD_PRELOAD=$SCRATCH/secure.so" ./off $CALLS
done

# What is open when recording begins is not recorded; what is called from then on is.
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
check "what cinstr_start() switches on is recorded, whole and alone" later

finish
