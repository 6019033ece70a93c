#!/bin/bash
# SPDX-License-Identifier: MIT
# The recorder on arm64, cross-built and run under qemu-user: random programs (tests/truth) and
# hazard programs (tests/programs) that count their own edges leave segments in which every edge has
# that count, read by the commands of this machine. qemu has no MADV_WIPEONFORK, though it says so,
# and turns vfork() into fork(): what rests on those (_Fork(), clone(), vfork()) is not tried here.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

root=/usr/aarch64-linux-gnu
arm=$BUILD/arm64
truth=$TOP/tests/truth
for tool in aarch64-linux-gnu-gcc aarch64-linux-gnu-g++ qemu-aarch64; do
    command -v $tool >/dev/null && continue
    fail "arm64" "$tool is not here: scripts/install-deps test"
    finish
done

tools_build() {
    make -C "$TOP" --no-print-directory BUILD="$arm" CC=aarch64-linux-gnu-gcc AR=aarch64-linux-gnu-ar WERROR=-Werror runtime &&
        gcc -O1 -std=gnu11 "$truth"/{generate,statements,blocks}.c -o "$SCRATCH/generate" &&
        gcc -O2 -std=gnu11 "$truth/check.c" -o "$SCRATCH/check" &&
        aarch64-linux-gnu-gcc -O1 -std=gnu11 -fexceptions -c "$truth/truth.c" -o "$SCRATCH/truth.o"
}
check "the recorder builds for arm64 without a warning" tools_build || finish
segments=$SCRATCH/segments

# run NAME ARGUMENTS…: no profile can be written, since there is no reader for arm64 and no such
# directory, so the segments stay.
run() {
    local name=$1
    shift
    rm -rf "$segments" "$SCRATCH/$name".truth* && mkdir -m 700 "$segments" &&
        TRUTH_OUTPUT=$SCRATCH/$name.truth CINSTR_OPTIONS=output=$SCRATCH/none/p:cpu=0:directory=$segments \
            timeout 300 qemu-aarch64 -L $root -E LD_LIBRARY_PATH="$arm" "$SCRATCH/$name" "$@" \
            >"$SCRATCH/$name.out" 2>"$SCRATCH/$name.err" || { echo "status $?" && tail -n 5 "$SCRATCH/$name.err" && return 1; }
    ! grep -v -e 'cannot write' -e 'the profile is kept' "$SCRATCH/$name.err"
}

same() { # TRUTH SEGMENT
    "$CINSTR" report --edges --csv "$2" >"$SCRATCH/edges.csv" && "$SCRATCH/check" "$1" "$SCRATCH/edges.csv"
}

# program NAME PROCESSES ARGUMENTS…: every process has its edges, and its segment adds up.
program() {
    local name=$1 processes=$2 segment pid count=0
    shift 2
    aarch64-linux-gnu-gcc -g -O2 -w -std=gnu11 -finstrument-functions "$TOP/tests/programs/$name.c" \
        "${link[@]}" -pthread -o "$SCRATCH/$name" && run "$name" "$@" || return
    for segment in "$segments"/*; do
        pid=${segment##*/}
        same "$SCRATCH/$name.truth.${pid%%.*}" "$segment" && "$CINSTR" verify -q "$segment" || return
        count=$((count + 1))
    done
    ((count == processes)) || { echo "$count processes, not $processes" && return 1; }
}

random_program() { # SEED LANGUAGE LEVEL
    local compiler=aarch64-linux-gnu-gcc
    [[ $2 == c ]] || compiler=aarch64-linux-gnu-g++
    "$SCRATCH/generate" "$1" --lang "$2" >"$SCRATCH/random.$2" &&
        $compiler -x "$2" -w -g "-O$3" -finstrument-functions -I"$truth" "$SCRATCH/random.$2" \
            -x none "$SCRATCH/truth.o" "${link[@]}" -pthread -o "$SCRATCH/random" &&
        run random && same "$SCRATCH/random.truth" "$segments"/*
}

link=("-L$arm" -lcinstr)
check "longjmps and siglongjmps out of handlers" program jumps 1 10000
check "callbacks of several callers through one call site" program callbacks 1
check "coroutines, some unfinished, on reused memory" program coroutines 1 2000
check "a coroutine's stack given to another at once" program abandoned 1
check "handlers on the alternate stack that interrupt coroutines" program altstack_coroutines 1
check "recursion 50,000 deep" program recursion 1 50000
check "fork" program forks 21 fork 0 20
check "fork in a process of 4 threads" program forks 6 fork 4 5
check "200 threads in a row, 20 at once" program thread_storm 1 "$segments" 20 200
check "thread-specific data destructors" program tls_destructors 1
for language in c c++; do
    for level in 0 2; do
        check "a random $language program, -O$level: every edge exact" random_program $((level + 1)) $language $level
    done
done
link=(-static "-L$arm" -lcinstr "-Wl,@$arm/libcinstr.static")
check "static: longjmps and siglongjmps out of handlers" program jumps 1 10000
check "static: coroutines, some unfinished, on reused memory" program coroutines 1 2000

functions() {
    aarch64-linux-gnu-gcc -g -O2 -w -std=gnu11 -finstrument-functions "$TOP/tests/programs/recursion.c" -static \
        "-L$arm" -lcinstr -o "$SCRATCH/recursion" && run recursion 1000 &&
        "$CINSTR" dump -q -o "$SCRATCH/p.pb.gz" "$segments"/* && "$CINSTR" verify -q "$SCRATCH/p.pb.gz" &&
        "$CINSTR" report "$SCRATCH/p.pb.gz" >"$SCRATCH/report" && grep -q ' main  recursion.c:[0-9]' "$SCRATCH/report"
}
check "names and lines are those of the arm64 program" functions
finish
