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
check "with timing=adaptive: at most 122" at_most 122 leaf
unset CINSTR_MORE RUNS

# Calls that go by slots, in the functions themselves: what they add to the plain program.
by_slots() { # OPTIONS OF CLANG…
    "$CINSTR" cc clang-14 "$@" -O2 -finstrument-functions -pthread "$TOP/bench/micro.c" -o "$micro" &&
        clang-14 -O2 -pthread "$TOP/bench/micro.c" -o "$micro.plain"
}
check "micro-programs build with the plugin" by_slots
export PLAIN=$micro.plain
check "a timed call by slots, of a leaf: at most 155" at_most 155 leaf
check "of a function that makes calls: at most 160" at_most 160 deep 1000
export CINSTR_MORE=timing=count
check "with timing=count, of a leaf: at most 19" at_most 19 leaf
check "of a function that makes calls: at most 25" at_most 25 deep 1000
export CINSTR_MORE=timing=adaptive RUNS=10
check "with timing=adaptive, of a leaf: at most 50" at_most 50 leaf
unset CINSTR_MORE RUNS
check "micro-programs build, all functions counted alone" by_slots -Xclang -mllvm -Xclang -cinstr-count
check "a call that is counted alone, of a leaf: at most 15" at_most 15 leaf
check "of a function that makes calls: at most 21" at_most 21 deep 1000
check "of one of 4 callees at random: at most 116" at_most 116 fan 4
check "of one of 64 callees at random: at most 147" at_most 147 fan 64
finish
