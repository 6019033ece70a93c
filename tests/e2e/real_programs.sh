#!/bin/bash
# SPDX-License-Identifier: MIT
# Real programs, built by every compiler that is installed: recorded by cinstr they print what the plain build
# prints, every edge has the count of the independent counting hook, and pprof opens the profile without the
# binary. PROGRAMS and COMPILERS, if set, name fewer.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/real/programs.sh
. "$TOP/tests/real/programs.sh"

read -r -a programs <<<"${PROGRAMS:-$REAL_PROGRAMS}"
read -r -a compilers <<<"${COMPILERS:-gcc clang-14 clang-19}"

# build_all PROGRAM COMPILER: makes three builds, which differ only in their hooks.
build_all() {
    local hook
    hook=$(real_count_hook) &&
        real_build "$1" "$2" plain "$SCRATCH/plain/$1" &&
        real_build "$1" "$2" hooks "$SCRATCH/counted/$1" "$hook" &&
        real_build "$1" "$2" hooks "$SCRATCH/recorded/$1" "${LINK_CINSTR[@]}"
}

# run_build KIND PROGRAM: runs one build; output and messages are in KIND/out and KIND/err. All builds have
# the same name: Lua stores its own name, and a longer one takes other calls.
run_build() {
    (cd "$SCRATCH/$1" && real_run "$2" test "./$2" >out 2>err)
}

run_all() {
    local edges=$SCRATCH/counted/edges profile=$SCRATCH/recorded/profile.pb.gz
    rm -f "$edges" "$profile"
    run_build plain "$1" || return
    COUNT_HOOK_OUTPUT=$edges run_build counted "$1" || return
    CINSTR_OPTIONS="output=$profile" run_build recorded "$1" ||
        { cat "$SCRATCH/recorded/err" && return 1; }
}

# Functions have different addresses in the two builds: they are compared by name and offset.
same_edges() {
    "$CINSTR" report --addresses "$SCRATCH/recorded/profile.pb.gz" >"$SCRATCH/recorded/edges" &&
        "$REAL_HERE/name-edges" "$SCRATCH/counted/$1" <"$SCRATCH/counted/edges" \
            >"$SCRATCH/expected" &&
        "$REAL_HERE/name-edges" "$SCRATCH/recorded/$1" <"$SCRATCH/recorded/edges" \
            >"$SCRATCH/actual" &&
        "$REAL_HERE/compare-edges" "$SCRATCH/expected" "$SCRATCH/actual"
}

# pprof_shows PATTERN OPTION…: pprof prints PATTERN, and nothing on standard error.
pprof_shows() {
    local pattern=$1
    shift
    PPROF_BINARY_PATH=/nonexistent PPROF_TMPDIR=$SCRATCH go tool pprof "$@" \
        "$SCRATCH/recorded/profile.pb.gz" >"$SCRATCH/pprof.out" 2>"$SCRATCH/pprof.err" &&
        is_empty "$SCRATCH/pprof.err" && grep -q -m 1 -E -e "$pattern" "$SCRATCH/pprof.out"
}

test_program() {
    local program=$1 compiler=$2 name="$1 by $2"
    check "$name is built plain, with the counting hook and with the recorder" build_all "$program" "$compiler" || return
    check "$name: all three run to their end" run_all "$program" || return
    check "$name: the output with the counting hook is that of the plain build" \
        cmp "$SCRATCH/plain/out" "$SCRATCH/counted/out"
    check "$name: the output with the recorder is that of the plain build" \
        cmp "$SCRATCH/plain/out" "$SCRATCH/recorded/out"
    check "$name: the messages with the recorder are those of the plain build" \
        cmp "$SCRATCH/plain/err" "$SCRATCH/recorded/err"
    check "$name: every edge has the count of the counting hook" same_edges "$program"
    check "$name: the profile passes verify" "$CINSTR" verify "$SCRATCH/recorded/profile.pb.gz"
    mv "$SCRATCH/recorded/$program" "$SCRATCH/moved"
    check "$name: pprof -top needs no binary" pprof_shows ' main$' -top -cum
    check "$name: pprof -peek needs no binary" pprof_shows ' \| +main$' -peek '^main$'
    check "$name: pprof -traces needs no binary" pprof_shows ' main$' -traces
    check "$name: pprof -list needs no binary" pprof_shows '^ROUTINE =+ main in ' -list '^main$'
}

for compiler in "${compilers[@]}"; do
    has_tool "$compiler" "real programs by $compiler" || continue
    for program in "${programs[@]}"; do
        test_program "$program" "$compiler"
    done
done
finish
