#!/bin/bash
# SPDX-License-Identifier: MIT
# What runs the tests ends one that hangs, with all that it has begun, and says after what it hung; one that
# is slow it lets be. It takes nothing for a pass that is none.
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
check "five tests are run, and not all is well" run
verdicts() { # NAME: all but ok
    grep '^not ok' build/logs/*"$1.log"
}
is_verdict() { # NAME VERDICT
    diff <(verdicts "$1" | sed "s|[^ ]*$1:|$1:|") <(printf '%s' "${2:+$2$'\n'}")
}
check "one that hangs is ended, and it is said after what" is_verdict hanging "not ok hanging: hangs: it said nothing for $limit s after: ok one"
check "what it has begun is ended too" eval 'await has_ended "$(cat begun)"'
check "one that is slow and speaks is let be, however long it takes" is_verdict slow ''
check "a bad status is a failure" is_verdict failing "not ok failing: ended with status 7"
check "one that has said what failed says it once" is_verdict telling "not ok two: so"
check "one that checks nothing is a failure" is_verdict silent "not ok silent: checked nothing"
check "the last line counts them" eval '[[ $(tail -n 1 said) == "11 passed, 4 failed" ]]'
finish
