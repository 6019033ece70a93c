#!/bin/bash
# SPDX-License-Identifier: MIT
# arm64: the recorder cross-builds, its tests run under qemu's user emulation, and what it leaves is
# read by this machine's cinstr: hazard programs that say what they called, and random truth programs
# in C and C++. What qemu itself does otherwise is left out: it has no perf events, forks where a
# vfork or clone was asked for, and keeps pages that should be wiped on fork.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"

prefix=aarch64-linux-gnu
sysroot=/usr/$prefix
for tool in $prefix-gcc $prefix-g++ qemu-aarch64; do
    command -v $tool >/dev/null || { skip "arm64" "$tool is not here" && checks=1 && finish; }
done
arm=$SCRATCH/arm64
LINK=(-L"$arm" -lcinstr "-Wl,-rpath,$arm")

build_recorder() {
    env -u MAKEFLAGS -u MAKELEVEL make -C "$TOP" -s BUILD="$arm" CC=$prefix-gcc AR=$prefix-ar \
        CFLAGS='-O2 -g' LDFLAGS= WERROR=-Werror runtime
}

# There is no reader for arm64 here, so the profile is not written at exit, which the recorder says:
# the segment stays.
run() { # NAME ARGUMENTS…
    local name=$1 status
    shift
    forget "$name"
    TRUTH_OUTPUT=$SCRATCH/$name.truth \
        CINSTR_OPTIONS="output=$SCRATCH/$name.%p.pb.gz:directory=$SEGMENTS:cpu=0" \
        timeout 120 qemu-aarch64 -L $sysroot "$SCRATCH/$name" "$@" >"$SCRATCH/$name.out" 2>"$SCRATCH/$name.err"
    status=$?
    grep -Ev ': cannot write .*libcinstr_reader|: the profile is kept: |static program cannot load' \
        "$SCRATCH/$name.err" && return 1
    return $status
}

# Each segment, read natively, verifies and holds what its process says it called.
segments_match() { # NAME PROCESSES [CHECK OPTIONS]
    local segment pid count=0
    for segment in "$SEGMENTS"/*.seg; do
        pid=${segment##*/}
        pid=${pid%%.*}
        "$CINSTR" verify "$segment" && "$CINSTR" dump "$segment" -o "$SCRATCH/$1.pb.gz" &&
            edges_of "$SCRATCH/$1.pb.gz" >"$SCRATCH/$1.csv" || return 1
        [[ -f $SCRATCH/$1.truth ]] || mv "$SCRATCH/$1.truth.$pid" "$SCRATCH/$1.truth" || return 1
        "$SCRATCH/truth-check" "$SCRATCH/$1.truth" "$SCRATCH/$1.csv" "${@:3}" || return 1
        rm "$SCRATCH/$1.truth"
        count=$((count + 1))
    done
    ((count == $2)) || { echo "$count processes, not $2" && return 1; }
}

arm_exact() { # NAME STATUS PROCESSES ARGUMENTS…
    local name=$1 expected=$2 processes=$3 status
    shift 3
    program_build $prefix-gcc "$name" || return 1
    run "$name" "$@"
    status=$?
    ((status == expected)) || { echo "status $status" && cat "$SCRATCH/$name.err" && return 1; }
    segments_match "$name" "$processes"
}

static_exact() {
    local LINK=("-Wl,@$arm/libcinstr.static" -L"$arm" -lcinstr -static)
    arm_exact jumps 0 1 20000 && arm_exact coroutines 0 1 2000
}

is_arm64() {
    local segment=("$SEGMENTS"/*.seg)
    program_build $prefix-gcc callbacks && run callbacks && segment=("$SEGMENTS"/*.seg) &&
        "$CINSTR" report "${segment[0]}" >"$SCRATCH/report" && grep -q ' callbacks\.c:[1-9]' "$SCRATCH/report"
}

generate() {
    local tools=$TOP/tests/truth
    "${CC:-cc}" -O1 -std=gnu11 "$tools"/{generate,statements,blocks}.c -o "$SCRATCH/generate" &&
        $prefix-gcc -O1 -std=gnu11 -fexceptions -c "$tools/truth.c" -o "$SCRATCH/truth.o"
}

truth_exact() { # SEED LANGUAGE LEVEL
    local name=truth-$1-$2-$3 compiler=$prefix-gcc
    [[ $2 == c ]] || compiler=$prefix-g++
    "$SCRATCH/generate" "$1" --lang "$2" >"$SCRATCH/$name.$2" &&
        "$compiler" -x "$2" -w -g "-O$3" -finstrument-functions -I"$TOP/tests/truth" "$SCRATCH/$name.$2" \
            -x none "$SCRATCH/truth.o" "${LINK[@]}" -pthread -o "$SCRATCH/$name" &&
        run "$name" && segments_match "$name" 1
}

check "the checker builds" harness_build || finish
check "the recorder cross-builds without a warning" build_recorder || finish
check "functions have names and lines in the native report" is_arm64
check "callbacks of several callers through one call site" arm_exact callbacks 0 1
check "longjmps, and siglongjmps out of handlers" arm_exact jumps 0 1 100000
check "coroutines, some unfinished, on reused memory" arm_exact coroutines 0 1 500
check "a coroutine's stack given to another at once" arm_exact abandoned 0 1
check "handlers on the alternate stack that interrupt coroutines" arm_exact altstack_coroutines 0 1
check "recursion 20,000 deep" arm_exact recursion 0 1 20000
check "thread-specific data destructors" arm_exact tls_destructors 0 1
check "threads at once and in a row" arm_exact thread_storm 0 1 "$SEGMENTS" 50 300
check "fork" arm_exact forks 0 6 fork 0 5
check "fork in a process of 4 threads" arm_exact forks 0 6 fork 4 5
check "calls before main" arm_exact preinit 0 1
check "exit from deep inside" arm_exact endings 7 1 exit
check "_exit" arm_exact endings 7 1 _exit
check "a static program's longjmps and coroutines" static_exact
check "the truth programs' tools build" generate || finish
for language in c c++; do
    for level in 0 2 3; do
        for seed in ${TRUTH_SEEDS:-1 2}; do
            check "truth program $seed, $language -O$level: every edge exact" truth_exact "$seed" $language $level
        done
    done
done
finish
