#!/bin/bash
# SPDX-License-Identifier: MIT
# Control flow that does not return in the usual way: jumps, coroutines, callbacks, deep recursion, libraries
# that are loaded and unloaded, and far too few contexts. Each program (tests/programs) counts its own calls,
# and every edge has to be exact with every compiler.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"

check "the checker builds" harness_build || finish
for compiler in "${compilers[@]}"; do
    check "$compiler: a million longjmps, and siglongjmps out of handlers, are exact" exact "$compiler" jumps 1 1000000
    check "$compiler: callbacks of several callers through one call site are exact" exact "$compiler" callbacks 1
    check "$compiler: 10,000 coroutines, some unfinished, on reused memory are exact" exact "$compiler" coroutines 1 10000
    check "$compiler: a coroutine's stack that another one takes over at once is exact" exact "$compiler" abandoned 1
    check "$compiler: handlers on the alternate stack that interrupt coroutines are exact" \
        exact "$compiler" altstack_coroutines 1
    check "$compiler: recursion 50,000 deep is exact" exact "$compiler" recursion 1 50000
done

# A library that is initialised before the recorder calls and jumps: the recorder has to cope before its
# start.
early() {
    local LINK=("${LINK_CINSTR[@]}" "-L$SCRATCH" "-Wl,--no-as-needed" -learly "-Wl,-rpath,$SCRATCH")
    gcc -O2 -shared -fPIC -DLIBRARY "$PROGRAMS/early_jumps.c" -o "$SCRATCH/libearly.so" &&
        exact "${compilers[0]}" early_jumps 1
}
check "a library that jumps before the recorder has started is exact" early

deep() {
    local hard
    hard=$(ulimit -Hs)
    [[ $hard == unlimited ]] || return 0
    (ulimit -s unlimited && exact "${compilers[0]}" recursion 1 1000000)
}
check "recursion a million deep on an unlimited stack is exact" deep

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
check "1,000 cycles of dlopen and dlclose at one address are exact" cycles_exact 1000 "${LINK_CINSTR[@]}"
check "libraries that are not linked with the recorder, loaded and unloaded, are exact" cycles_exact 100

# A truth program that needs far more contexts than contexts= allows.
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
