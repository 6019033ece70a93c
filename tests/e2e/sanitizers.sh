#!/bin/bash
# SPDX-License-Identifier: MIT
# Programs built with a sanitizer are counted as exactly as others, although the address sanitizer puts frames
# elsewhere than on the stack, the thread sanitizer has its own setjmp and longjmp, and both add calls where
# the hooks are. Truth programs (truth.sh) have only ingredients that the sanitizer itself accepts: with the
# others, programs without hooks end with a report, too.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

export ASAN_OPTIONS=detect_leaks=0 # a jump out of a function leaks its memory

sanitized() { # SANITIZER OPTIONS
    TRUTH_HOOKS="-finstrument-functions -fsanitize=$1" TRUTH_OPTIONS=$2 \
        TRUTH_COMPILERS=$compiler TRUTH_COUNT=${TRUTH_COUNT:-1} TRUTH_LEVELS=${TRUTH_LEVELS:-0 2} \
        "$TOP/tests/e2e/truth.sh"
}

for compiler in ${COMPILERS:-gcc clang-14 clang-19}; do
    has_tool "$compiler" "programs sanitized by $compiler" || continue
    check "$compiler: truth programs are exact under the address sanitizer" \
        sanitized address "--without coroutines,altstack"
    check "$compiler: truth programs are exact under the undefined behaviour sanitizer" sanitized undefined ""
    check "$compiler: truth programs are exact under the thread sanitizer" \
        sanitized thread "--without coroutines,jumps,signals"
done
finish
