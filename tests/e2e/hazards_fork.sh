#!/bin/bash
# SPDX-License-Identifier: MIT
# Processes that create processes: fork, _Fork, clone, vfork, posix_spawn, exec. Each process counts its own
# calls (tests/programs); its profile must have these, and none of another process.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"

check "the checker builds" harness_build || finish
for compiler in "${compilers[@]}"; do
    check "$compiler: each process after fork has its own calls" exact "$compiler" forks 21 fork 0 20
    check "$compiler: each process after _Fork, which runs no handlers, has its own calls" exact "$compiler" forks 21 _Fork 0 20
    check "$compiler: each process after clone, which the C library does not notice, has its own calls" exact "$compiler" forks 21 clone 0 20
    check "$compiler: vfork children that end inside nested calls are exact" exact "$compiler" vfork_loop 1 5000
    check "$compiler: posix_spawn, and vfork with exec, are exact" exact "$compiler" spawn 41
done
open_calls() { # OPTIONS
    program_build "${compilers[0]}" open_calls -I"$TOP/include" && EXTRA_OPTIONS=:$1 program_run open_calls 1000 &&
        says_nothing open_calls && profiles_match open_calls 2
}
for options in timing=exact timing=adaptive; do
    check "$options: calls open at a fork and at a reset end without harm" open_calls "$options"
done
check "fork in a process of 8 busy threads is exact, 60 times" exact "${compilers[0]}" forks 61 fork 8 60
check "fork in a process of 64 threads is exact" exact "${compilers[0]}" forks 6 fork 64 5

none_left() {
    echo "segments left behind: $(find "$SEGMENTS" -type f | wc -l)"
    (($(find "$SEGMENTS" -type f | wc -l) == 0))
}
exec_fails() { exact "${compilers[0]}" exec_loop 1 0 && none_left; }
exec_row() { # the recorder's message is printed once
    program_run exec_loop 1000 && profiles_match exec_loop 1 && none_left && (($(wc -l <"$SCRATCH/exec_loop.err") == 1)) &&
        grep -q 'calls before exec, of exec_loop: not in the profile' "$SCRATCH/exec_loop.err"
}
check "an exec that fails changes nothing" exec_fails
check "1,000 execs in a row leave no segment" exec_row
finish
