#!/bin/bash
# SPDX-License-Identifier: MIT
# Real programs, by every compiler that is here: recorded by cinstr they print what the plain
# build prints, every edge has the count that the independent counting hook has, and the profile
# opens in pprof without the binary. PROGRAMS and COMPILERS, if set, choose fewer.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/real/programs.sh
. "$TOP/tests/real/programs.sh"

read -r -a programs <<<"${PROGRAMS:-$REAL_PROGRAMS}"
read -r -a compilers <<<"${COMPILERS:-gcc clang-14 clang-19}"

# build_all PROGRAM COMPILER: the three builds that differ in their hooks alone.
build_all() {
    local hook
    hook=$(real_count_hook) &&
        real_build "$1" "$2" plain "$SCRATCH/plain/$1" &&
        real_build "$1" "$2" hooks "$SCRATCH/counted/$1" "$hook" &&
        real_build "$1" "$2" hooks "$SCRATCH/recorded/$1" "${LINK_CINSTR[@]}"
}

# run_build KIND PROGRAM: runs one build, its output and messages kept as KIND/out and KIND/err.
# All are called by the same name: Lua keeps it, and a longer string takes other calls to keep.
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

# The two builds' functions stand at other addresses: they are compared by name and offset.
same_edges() {
    "$CINSTR" report --addresses "$SCRATCH/recorded/profile.pb.gz" >"$SCRATCH/recorded/edges" &&
        "$REAL_HERE/name-edges" "$SCRATCH/counted/$1" <"$SCRATCH/counted/edges" \
            >"$SCRATCH/expected" &&
        "$REAL_HERE/name-edges" "$SCRATCH/recorded/$1" <"$SCRATCH/recorded/edges" \
            >"$SCRATCH/actual" &&
        "$REAL_HERE/compare-edges" "$SCRATCH/expected" "$SCRATCH/actual"
}

# pprof_shows PATTERN OPTION…: pprof prints PATTERN and says nothing on standard error.
pprof_shows() {
    local pattern=$1
    shift
    PPROF_BINARY_PATH=/nonexistent PPROF_TMPDIR=$SCRATCH go tool pprof "$@" \
        "$SCRATCH/recorded/profile.pb.gz" >"$SCRATCH/pprof.out" 2>"$SCRATCH/pprof.err" &&
        is_empty "$SCRATCH/pprof.err" && grep -q -m 1 -E -e "$pattern" "$SCRATCH/pprof.out"
}

test_program() {
    local program=$1 compiler=$2 name="$1 by $2"
    check "$name: builds plain, counted and recorded" build_all "$program" "$compiler" || return
    check "$name: runs to its end, as plain and as counted" run_all "$program" || return
    check "$name: counted output is the plain build's" \
        cmp "$SCRATCH/plain/out" "$SCRATCH/counted/out"
    check "$name: recorded output is the plain build's" \
        cmp "$SCRATCH/plain/out" "$SCRATCH/recorded/out"
    check "$name: recorded messages are the plain build's" \
        cmp "$SCRATCH/plain/err" "$SCRATCH/recorded/err"
    check "$name: every edge has the counting hook's count" same_edges "$program"
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
