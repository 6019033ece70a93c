#!/bin/bash
# SPDX-License-Identifier: MIT
# The page of `cinstr growth --html` in a browser (tests/page/growth.mjs) has the tables and plots of what
# --json prints.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/page/driver.sh
. "$TOP/tests/page/driver.sh"
cd "$SCRATCH" || exit 1
sizes=100,200,400,800

check "the browser's driver installs" install_driver || finish

# A server with a quadratic list. In its debug information one name is replaced with one of the same length
# that looks like markup.
build() {
    sed "s/\blook_up\b/$plain_name/" "$TOP/tests/programs/planted.c" >server.c &&
        gcc -O1 -g -I"$TOP/tests/programs" -finstrument-functions -DQUADRATIC_LIST server.c -o server "${LINK_CINSTR[@]}" &&
        sed -i "s|$plain_name|$HOSTILE|g" server
}
check "a server builds" build || finish
writes() {
    "$CINSTR" growth --sizes $sizes --max-exponent 'next_of=1.2' --html growth.html --json -- ./server {} >growth.json
    (($? == 1)) && [[ -s growth.html ]]
}
check "--html writes the page, and a broken limit still sets the status" writes || finish
in_browser growth.mjs growth.html growth.json

two_sizes() {
    "$CINSTR" growth --sizes 100,200 --value calls --html two.html --json -- ./server {} >two.json
}
check "two sizes and one value are enough for a page" two_sizes
in_browser growth.mjs two.html two.json

refused() { # WORDS FILE
    "$CINSTR" growth --sizes 100,200 --html "$2" -- ./server {} >out 2>err
    (($? == 2)) && is_empty out && (($(wc -l <err) == 1)) && grep -q -- "$1" err || { cat err && return 1; }
}
check "a page that cannot be written is an error" refused nowhere/x.html nowhere/x.html
check "a full disk is an error" refused /dev/full /dev/full
finish
