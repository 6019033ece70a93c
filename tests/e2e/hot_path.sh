#!/bin/bash
# SPDX-License-Identifier: MIT
# The hot path stays as short as it is: instructions of a pair of hooks, counted by callgrind on
# programs that are nothing but calls, against the numbers below. They hold for the recorder built
# by Debian 12's gcc at -O2; whoever changes the hooks changes them here, and says why.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

micro=$SCRATCH/micro

build() {
    gcc -std=gnu11 -O2 -finstrument-functions -pthread "$TOP/bench/micro.c" -o "$micro" "${LINK_CINSTR[@]}"
}

# at_most LIMIT SHAPE [NUMBER]: in one of three runs, since a call that the kernel interrupts takes
# other paths.
at_most() {
    local limit=$1 found
    shift
    for _ in 1 2 3; do
        found=$("$TOP/bench/instructions" "$micro" "$@") || return
        echo "$found instructions, at most $limit allowed"
        awk "BEGIN { exit !($found > 5 && $found <= $limit) }" && return
    done
    return 1
}

has_tool valgrind "instructions of the hot path" || finish
check "micro-programs build" build
check "a call met last here: at most 111 instructions" at_most 111 leaf
check "one of 4 callees at random: at most 111" at_most 111 fan 4
check "one of 64 callees at random: at most 111" at_most 111 fan 64
check "a recursion 1,000 deep: at most 111" at_most 111 deep 1000
export CINSTR_MORE=histogram=1
check "with histogram=1: at most 170" at_most 170 leaf
export CINSTR_MORE=timing=adaptive RUNS=10
check "with timing=adaptive: at most 118" at_most 118 leaf
unset CINSTR_MORE RUNS

# Calls that are counted by slots, in the functions themselves: what they add to the plain program.
count_all() {
    "$CINSTR" cc clang-14 -Xclang -mllvm -Xclang -cinstr-count -O2 -finstrument-functions -pthread "$TOP/bench/micro.c" \
        -o "$micro" && clang-14 -O2 -pthread "$TOP/bench/micro.c" -o "$micro.plain"
}
check "micro-programs build, all functions counted alone" count_all
export PLAIN=$micro.plain
check "a call that is counted alone, of a leaf: at most 15" at_most 15 leaf
check "of a function that makes calls: at most 21" at_most 21 deep 1000
check "of one of 4 callees at random: at most 116" at_most 116 fan 4
check "of one of 64 callees at random: at most 147" at_most 147 fan 64
finish
