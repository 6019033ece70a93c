#!/bin/bash
# SPDX-License-Identifier: MIT
# Control flow that does not return the usual way: jumps, coroutines, callbacks, deep recursion,
# loading and unloading, and a node budget far too small. Each program (tests/programs) says what it
# called; every edge must be exact, whatever the compiler.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"

check "the checker builds" harness_build || finish
for compiler in "${compilers[@]}"; do
    check "$compiler: a million longjmps and siglongjmps out of handlers" exact "$compiler" jumps 1 1000000
    check "$compiler: callbacks of several callers through one call site" exact "$compiler" callbacks 1
    check "$compiler: 10,000 coroutines, some unfinished, on reused memory" exact "$compiler" coroutines 1 10000
    check "$compiler: a coroutine's stack given to another at once" exact "$compiler" abandoned 1
    check "$compiler: handlers on the alternate stack that interrupt coroutines" \
        exact "$compiler" altstack_coroutines 1
    check "$compiler: recursion 50,000 deep" exact "$compiler" recursion 1 50000
done

# A library of its own is initialised before the recorder, which has to be ready for it all the same.
early() {
    local LINK=("${LINK_CINSTR[@]}" "-L$SCRATCH" "-Wl,--no-as-needed" -learly "-Wl,-rpath,$SCRATCH")
    gcc -O2 -shared -fPIC -DLIBRARY "$PROGRAMS/early_jumps.c" -o "$SCRATCH/libearly.so" &&
        exact "${compilers[0]}" early_jumps 1
}
check "a library that jumps before the recorder has started" early

deep() {
    local hard
    hard=$(ulimit -Hs)
    [[ $hard == unlimited ]] || return 0
    (ulimit -s unlimited && exact "${compilers[0]}" recursion 1 1000000)
}
check "recursion a million deep on an unlimited stack" deep

libraries_build() { # COMPILER LINK…
    local compile name
    compile_by "$1"
    shift
    for name in a b; do
        "${compile[@]}" -g -O2 -finstrument-functions -shared -fPIC -DNAME=$name "$PROGRAMS/plugin.c" \
            "$@" -o "$SCRATCH/$name.so" || return 1
    done
}

cycles_exact() { # CYCLES LINK…
    local cycles=$1
    shift
    libraries_build "${compilers[0]}" "$@" &&
        exact "${compilers[0]}" dlopen_cycle 1 "$SCRATCH/a.so" "$SCRATCH/b.so" "$cycles" &&
        grep -q 'same address yes' "$SCRATCH/dlopen_cycle.out"
}
check "1,000 cycles of dlopen and dlclose at one address" cycles_exact 1000 "${LINK_CINSTR[@]}"
check "libraries with no hooks of their own, loaded and unloaded" cycles_exact 100

# A truth program that needs far more contexts than it may have.
truncated_exact() {
    local source=$TOP/tests/truth compile
    "${CC:-cc}" -O1 -std=gnu11 "$source"/{generate,statements,blocks}.c -o "$SCRATCH/generate" &&
        "$SCRATCH/generate" 5 >"$SCRATCH/budget.c" &&
        "${CC:-cc}" -O1 -std=gnu11 -fexceptions -c "$source/truth.c" -o "$SCRATCH/truth.o" &&
        compile_by "${compilers[0]}" &&
        "${compile[@]}" -g -O2 -w -finstrument-functions -I"$source" "$SCRATCH/budget.c" "$SCRATCH/truth.o" \
            "${LINK_CINSTR[@]}" -pthread -o "$SCRATCH/budget" &&
        TRUTH_OUTPUT=$SCRATCH/budget.truth \
            CINSTR_OPTIONS=output=$SCRATCH/budget.pb.gz:directory=$SEGMENTS:contexts=$1 "$SCRATCH/budget" &&
        edges_of "$SCRATCH/budget.pb.gz" >"$SCRATCH/budget.csv" &&
        "$SCRATCH/truth-check" "$SCRATCH/budget.truth" "$SCRATCH/budget.csv"
}
for contexts in 1024 4096 65536; do
    check "every edge is exact within $contexts contexts" truncated_exact $contexts
done
finish
