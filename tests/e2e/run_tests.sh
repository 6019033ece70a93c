#!/bin/bash
# SPDX-License-Identifier: MIT
# scripts/run-tests ends a test that hangs, with all its processes, and names its last check. It lets a slow
# test run. It never counts a test as passed that has not passed.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$SCRATCH" || exit 1

make_test() { # NAME LINE…
    printf '%s\n' '#!/bin/bash' "${@:2}" >"$1.sh" && chmod +x "$1.sh"
}
limit=4
make_test hanging 'echo "ok one"' "sleep 1000 & echo \$! >'$SCRATCH/begun'" 'wait'
make_test slow "for ((i = 0; i < 2 * $limit; i++)); do sleep 1; echo \"ok \$i\"; done"
make_test failing 'echo "ok one"' 'exit 7'
make_test telling 'echo "ok one"' 'echo "not ok two: so"' 'exit 1'
make_test silent 'true'
mkdir build
run() {
    ! JOBS=5 TEST_LIMIT=$limit "$TOP/scripts/run-tests" build ./{hanging,slow,failing,telling,silent}.sh >said
}
check "five tests are run, and run-tests fails" run
verdicts() { # NAME: the failed checks
    grep '^not ok' build/logs/*"$1.log"
}
is_verdict() { # NAME VERDICT
    diff <(verdicts "$1" | sed "s|[^ ]*$1:|$1:|") <(printf '%s' "${2:+$2$'\n'}")
}
check "a test that hangs is ended, and the verdict names its last check" is_verdict hanging "not ok hanging: hangs: it said nothing for $limit s after: ok one"
check "a process that it has started is ended, too" eval 'await has_ended "$(cat begun)"'
check "a slow test is not ended as long as it prints checks" is_verdict slow ''
check "a test that ends with a bad status has failed" is_verdict failing "not ok failing: ended with status 7"
check "a test that reports a failed check is reported once" is_verdict telling "not ok two: so"
check "a test without any check has failed" is_verdict silent "not ok silent: checked nothing"
check "the last line counts all checks" eval '[[ $(tail -n 1 said) == "11 passed, 4 failed" ]]'
finish
