#!/bin/bash
# SPDX-License-Identifier: MIT
# Recursion that would need exponentially many contexts: fib, Ackermann, thirty functions that call each other
# at random, a million frames. Every edge is exact, as the programs count them; memory stays within the budget
# that contexts= sets; the profile says what was folded; and pprof opens it.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"

check "the checker builds" harness_build || finish

# opens NAME: go tool pprof reads the profile without a message
opens() {
    local profile=("$SCRATCH/$1".*.pb.gz)
    PPROF_BINARY_PATH=/nonexistent go tool pprof -top "${profile[0]}" \
        >"$SCRATCH/top" 2>"$SCRATCH/top.err" && is_empty "$SCRATCH/top.err" &&
        grep -q 'main$' "$SCRATCH/top"
}

exact_and_opens() { # COMPILER ARGUMENTS…
    local compiler=$1
    shift
    exact "$compiler" explosive 1 "$@" && opens explosive
}

# within BYTES NAME ARGUMENTS…: the segment takes at most this space. It is kept, because the profile cannot
# be written.
within() {
    local most=$1 name=$2 segment size
    shift 2
    forget "$name"
    CINSTR_OPTIONS="output=/nonexistent/profile:directory=$SEGMENTS${EXTRA_OPTIONS:-}" \
        "$SCRATCH/$name" "$@" >/dev/null 2>&1 || return 1
    segment=$(left_segment) || return 1
    size=$(($(stat -c '%b * %B' "$segment")))
    echo "$size bytes in $segment"
    ((size <= most)) && "$CINSTR" verify "$segment"
}

# A context takes 64 bytes and its columns 16. Each transition to a context, or to the one that it was folded
# into, takes 8 bytes in a hash table. The table is at most twice as large as its contents, and the previous
# one, half as large, is still there. Stacks and small tables come in addition.
budget_bytes() { # CONTEXTS
    echo $(($1 * (64 + 16) * 3 + (4 << 20)))
}

for compiler in "${compilers[@]}"; do
    check "$compiler: fib(32) is exact" exact_and_opens "$compiler" fib 32
    check "$compiler: Ackermann(3, 8) is exact" exact_and_opens "$compiler" ackermann 3 8
    check "$compiler: mutual recursion of thirty functions is exact" \
        exact_and_opens "$compiler" mutual 3000000
done
check "fib(35) is exact" exact_and_opens gcc fib 35
check "the segment of a mutual recursion stays within the default budget" \
    within "$(budget_bytes 262144)" explosive mutual 3000000
EXTRA_OPTIONS=:contexts=4096
check "mutual recursion is exact within 4,096 contexts" exact_and_opens gcc mutual 3000000
check "the segment of a mutual recursion stays within a budget of 4,096 contexts" \
    within "$(budget_bytes 4096)" explosive mutual 3000000

says_truncated() {
    local profile
    exact gcc explosive 1 mutual 300000 || return 1
    profile=("$SCRATCH"/explosive.*.pb.gz)
    go tool pprof -comments "${profile[0]}" >"$SCRATCH/comments" &&
        grep 'transitions below \[truncated\]' "$SCRATCH/comments" &&
        go tool pprof -traces "${profile[0]}" >"$SCRATCH/traces" &&
        grep -q '\[truncated\]' "$SCRATCH/traces"
}
check "the profile says that contexts were truncated, and stacks show where" says_truncated
EXTRA_OPTIONS=

million_deep() {
    [[ $(ulimit -Hs) == unlimited ]] || return 0
    (ulimit -s unlimited && exact gcc recursion 1 1000000) && opens recursion
}
check "a recursion a million deep on an unlimited stack is exact, and pprof opens it" million_deep
finish
