#!/bin/bash
# SPDX-License-Identifier: MIT
# The hot path does not grow: callgrind counts the instructions of an entry and an exit hook in programs that
# do nothing but calls, and these checks hold them against the numbers below. The numbers are for the recorder
# as Debian 12's gcc builds it at -O2. Whoever changes the hooks changes the numbers, and says why.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

micro=$SCRATCH/micro

build() {
    gcc -std=gnu11 -O2 -finstrument-functions -pthread "$TOP/bench/micro.c" -o "$micro" "${LINK_CINSTR[@]}"
}

# at_most LIMIT SHAPE [NUMBER]: in one of three runs, since a call that the kernel interrupts takes other
# paths through the hooks.
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
check "a call that repeats the last one of its call site: at most 111 instructions" at_most 111 leaf
check "a call of one of 4 functions at random: at most 111" at_most 111 fan 4
check "a call of one of 64 functions at random: at most 111" at_most 111 fan 64
check "a call in a recursion 1,000 deep: at most 111" at_most 111 deep 1000
export CINSTR_MORE=histogram=1
check "a call with histogram=1: at most 170" at_most 170 leaf
export CINSTR_MORE=timing=adaptive RUNS=10
check "a call with timing=adaptive: at most 122" at_most 122 leaf
unset CINSTR_MORE RUNS

# Calls that go by slots: the instructions that the plugin adds to the plain program, in the functions
# themselves.
by_slots() { # OPTIONS OF CLANG…
    "$CINSTR" cc clang-14 "$@" -O2 -finstrument-functions -pthread "$TOP/bench/micro.c" -o "$micro" &&
        clang-14 -O2 -pthread "$TOP/bench/micro.c" -o "$micro.plain"
}
check "micro-programs build with the plugin" by_slots
export PLAIN=$micro.plain
check "a timed call by slots of a leaf function: at most 155" at_most 155 leaf
check "a timed call by slots of a function that makes calls: at most 160" at_most 160 deep 1000
export CINSTR_MORE=timing=count
check "a call by slots with timing=count of a leaf function: at most 19" at_most 19 leaf
check "a call by slots with timing=count of a function that makes calls: at most 25" at_most 25 deep 1000
export CINSTR_MORE=timing=adaptive RUNS=10
check "a call by slots with timing=adaptive of a leaf function: at most 50" at_most 50 leaf
unset CINSTR_MORE RUNS
check "micro-programs whose functions are only counted build with the plugin" by_slots -Xclang -mllvm -Xclang -cinstr-count
check "a counted call of a leaf function: at most 15" at_most 15 leaf
check "a counted call of a function that makes calls: at most 21" at_most 21 deep 1000
check "a counted call of one of 4 functions at random: at most 118" at_most 118 fan 4
check "a counted call of one of 64 functions at random: at most 150" at_most 150 fan 64
finish
