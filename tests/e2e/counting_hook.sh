#!/bin/bash
# SPDX-License-Identifier: MIT
# Tests the tests' own truth: the counting hook counts right with threads, signals, longjmp and fork, and the
# comparison of listings finds a missing, an added and a changed edge. Nothing of cinstr is used.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/real/programs.sh
. "$TOP/tests/real/programs.sh"

program=$SCRATCH/count_hook_check
compare=$REAL_HERE/compare-edges

build_and_run() {
    local hook
    hook=$(real_count_hook) &&
        "$1" -O2 -g -finstrument-functions "$REAL_HERE/count_hook_check.c" "$hook" -o "$program" \
            -pthread &&
        COUNT_HOOK_OUTPUT=$SCRATCH/edges "$program" | sort >"$SCRATCH/expected" &&
        "$REAL_HERE/name-edges" "$program" <"$SCRATCH/edges" >"$SCRATCH/named"
}

right_calls() {
    sed 's/+0x0 / /' "$SCRATCH/named" |
        awk '{ calls[$1] += $3 } END { for (name in calls) print name, calls[name] }' |
        sort | diff "$SCRATCH/expected" -
}

# Calls that were jumped over have no exit: three for each jump.
right_exits() {
    local calls exits
    calls=$(awk '{ calls += $2 } END { print calls }' "$SCRATCH/expected")
    exits=$(awk '/^# exits/ { exits += $4 } END { print exits }' "$SCRATCH/edges")
    echo "$calls calls, $exits exits"
    ((exits == calls - 3 * 1000))
}

# differs NAME EXPECTED-FILTER ACTUAL-FILTER: the comparison ends with status 1, neither 0 nor 2.
differs() {
    "$compare" <(sed "$1" "$SCRATCH/named") <(sed "$2" "$SCRATCH/named")
    (($? == 1))
}

for compiler in gcc clang-14; do
    check "$compiler: the counting hook's program runs" build_and_run "$compiler" || continue
    check "$compiler: entries are counted right with threads, signals, longjmp and fork" right_calls
    check "$compiler: exits are counted right" right_exits
done
check "the same listing compares equal" "$compare" "$SCRATCH/named" "$SCRATCH/named"
check "a missing edge is found" differs '' 1d
check "an added edge is found" differs 1d ''
check "a changed count is found" differs '' '1s,$,0,'
check "an edge listed twice is found" differs '' 1p
check "an empty listing is refused as truth" differs d d
finish
