#!/bin/bash
# SPDX-License-Identifier: MIT
# The page of `cinstr diff --html` in a browser (tests/page/diff.mjs) shows the numbers that --json prints,
# and the contexts of both sides as one flame graph.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/page/driver.sh
. "$TOP/tests/page/driver.sh"
cd "$SCRATCH" || exit 1

check "the browser's driver installs" install_driver || finish

# The old program has a step that the new one lacks; the new one has another step, and checks its table in a
# loop.
profiles() {
    local source=$TOP/tests/programs/regressions.c build=(gcc -O1 -g -finstrument-functions)
    sed "s/\bcompute\b/$plain_name/" "$source" >new.c &&
        sed 's/log_request/old_step/; s/spin(500 /work(500 /' new.c >old.c &&
        "${build[@]}" -DPLANT_STEP old.c -o old "${LINK_CINSTR[@]}" &&
        "${build[@]}" -DPLANT_STEP -DPLANT_LOOP new.c -o new "${LINK_CINSTR[@]}" &&
        "$CINSTR" run -q -o old.pb.gz ./old && "$CINSTR" run -q -o new.pb.gz ./new &&
        make_hostile old.pb.gz && make_hostile new.pb.gz
}
check "two programs are recorded" profiles || finish
compares() {
    local value
    for value in calls wall; do
        "$CINSTR" diff --value $value --html $value.html old.pb.gz new.pb.gz >said && is_empty said &&
            "$CINSTR" diff --value $value --json old.pb.gz new.pb.gz >$value.json || return
    done
}
check "--html writes a page" compares || finish
in_browser diff.mjs "$PWD"

refused() { # STATUS WORDS ARGUMENTS…
    local actual
    "$CINSTR" diff "${@:3}" >out 2>err
    actual=$?
    ((actual == $1)) && is_empty out && (($(wc -l <err) == 1)) && grep -q -- "$2" err && return
    echo "status $actual" && cat err && return 1
}
check "--html together with --json is refused" refused 2 excludes --json --html x.html old.pb.gz new.pb.gz
check "a page that cannot be written is an error" refused 1 nowhere/x.html --html nowhere/x.html old.pb.gz new.pb.gz
check "a full disk is an error" refused 1 /dev/full --html /dev/full old.pb.gz new.pb.gz
finish
