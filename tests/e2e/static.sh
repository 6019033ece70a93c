#!/bin/bash
# SPDX-License-Identifier: MIT
# Static programs, linked with pkg-config's flags: jumps, coroutines, threads and forks are as exact as in
# dynamic ones, as the programs count them, and the profile is written at exit.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"

read -r -a needed < <(pkg-config --static --libs libdw libelf libprotobuf-c zlib)
LINK=(-static "-L$BUILD" -lcinstr "-Wl,@$BUILD/libcinstr.static" "-Wl,-u,cinstr_writer_main"
    "$BUILD/static/libcinstr_reader.a" "${needed[@]}" -lsupc++ -lm)

command -v clang-19 >/dev/null && compilers+=(clang-19)
check "the checker builds" harness_build || finish
for compiler in "${compilers[@]}"; do
    check "$compiler: longjmps, and siglongjmps out of handlers, are exact" exact "$compiler" jumps 1 100000
    check "$compiler: callbacks of several callers through one call site are exact" exact "$compiler" callbacks 1
    check "$compiler: coroutines, some unfinished, on reused memory are exact" exact "$compiler" coroutines 1 10000
    check "$compiler: a coroutine's stack that another one takes over at once is exact" exact "$compiler" abandoned 1
    check "$compiler: handlers on the alternate stack that interrupt coroutines are exact" \
        exact "$compiler" altstack_coroutines 1
    check "$compiler: recursion 50,000 deep is exact" exact "$compiler" recursion 1 50000
    check "$compiler: thread-specific data destructors are exact" exact "$compiler" tls_destructors 1
    check "$compiler: fork is exact" exact "$compiler" forks 21 fork 0 20
    check "$compiler: vfork children that end inside nested calls are exact" exact "$compiler" vfork_loop 1 1000
done
finish
