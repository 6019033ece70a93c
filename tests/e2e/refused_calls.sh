#!/bin/bash
# SPDX-License-Identifier: MIT
# Sandboxes refuse system calls. Whichever of the recorder's calls is refused, the program prints and does the
# same, with at most a few lines on standard error. If the call is not essential to recording, every edge is
# exact, as truth programs count them.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"

refuse_build() {
    gcc -O1 -Wall -std=gnu11 -D_GNU_SOURCE "$PROGRAMS/refuse.c" -o "$SCRATCH/refuse" &&
        "$SCRATCH/refuse" ENOSYS getdents64 -- true && ! "$SCRATCH/refuse" ENOSYS getdents64 -- ls / 2>/dev/null
}
check "the program that refuses system calls builds" refuse_build || finish
check "the checker builds" harness_build || finish
check "the program builds" program_build gcc work || finish
program_plain gcc work

# Both builds, with these calls refused, have the same output and status.
same() { # ERROR CALL…
    local expected status
    "$SCRATCH/refuse" "$@" -- "$SCRATCH/work.plain" --wide >"$SCRATCH/plain.out"
    expected=$?
    CINSTR_OPTIONS=output=$SCRATCH/work.pb.gz:directory=$SEGMENTS \
        "$SCRATCH/refuse" "$@" -- "$SCRATCH/work" --wide >"$SCRATCH/work.out" 2>"$SCRATCH/work.err"
    status=$?
    rm -f "$SEGMENTS"/*
    ((status == expected)) || { echo "status $status, plain $expected" && cat "$SCRATCH/work.err" && return 1; }
    cmp "$SCRATCH/plain.out" "$SCRATCH/work.out" && ! grep -v '^cinstr: ' "$SCRATCH/work.err" &&
        (($(wc -l <"$SCRATCH/work.err") <= 4)) || { head "$SCRATCH/work.err" && return 1; }
}

# Truth programs: the recorder still tells threads, handlers and coroutines apart.
generate() {
    local source=$TOP/tests/truth
    "${CC:-cc}" -O1 -std=gnu11 "$source"/{generate,statements,blocks}.c -o "$SCRATCH/generate" &&
        "${CC:-cc}" -O1 -std=gnu11 -fexceptions -c "$source/truth.c" -o "$SCRATCH/truth.o"
}
truth_build() { # SEED LANGUAGE
    local compiler=gcc
    [[ $2 == c ]] || compiler=g++
    "$SCRATCH/generate" "$1" --lang "$2" >"$SCRATCH/truth.$2" &&
        $compiler -x "$2" -w -g -O2 -finstrument-functions -I"$TOP/tests/truth" "$SCRATCH/truth.$2" \
            -x none "$SCRATCH/truth.o" "${LINK[@]}" -pthread -o "$SCRATCH/truth"
}
exact_without() { # CALL…
    TRUTH_OUTPUT=$SCRATCH/said CINSTR_OPTIONS=output=$SCRATCH/truth.pb.gz:directory=$SEGMENTS \
        "$SCRATCH/refuse" EPERM "$@" -- "$SCRATCH/truth" >"$SCRATCH/out" 2>&1 || { cat "$SCRATCH/out" && return 1; }
    edges_of "$SCRATCH/truth.pb.gz" >"$SCRATCH/truth.csv" &&
        "$SCRATCH/truth-check" "$SCRATCH/said" "$SCRATCH/truth.csv" && "$CINSTR" verify "$SCRATCH/truth.pb.gz"
}

for call in fallocate ftruncate getdents64 getrandom gettid madvise mkdir mremap perf_event_open prlimit64 \
    process_vm_readv rename sigaltstack unlinkat; do
    for error in ENOSYS EPERM; do
        check "with $call refused by $error: same output and status" same $error $call
    done
done
check "with madvise and fallocate refused: same output and status" same EPERM madvise fallocate

check "the truth programs' tools build" generate || finish
for language in c c++; do
    for seed in 1 2 3; do
        check "truth program $seed in ${language^} builds" truth_build $seed $language || continue
        for calls in process_vm_readv perf_event_open fallocate getrandom "process_vm_readv perf_event_open"; do
            read -ra refused <<<"$calls"
            check "truth program $seed in ${language^} with $calls refused: every edge exact" \
                exact_without "${refused[@]}"
        done
    done
done
finish
