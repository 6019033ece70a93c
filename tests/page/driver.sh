# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# The browser's driver, from npm, and what the end-to-end tests of pages have in common. Sourced after lib.sh.

export PAGE_TESTS=$BUILD/page-tests
install_driver() { # by the first test that needs it
    mkdir -p "$PAGE_TESTS" && (
        flock 9 && ! cmp -s "$TOP/tests/page/package-lock.json" "$PAGE_TESTS/node_modules/lock.json" || exit 0
        cp "$TOP"/tests/page/package*.json "$PAGE_TESTS" &&
            npm --prefix "$PAGE_TESTS" ci --no-audit --no-fund &&
            cp "$TOP/tests/page/package-lock.json" "$PAGE_TESTS/node_modules/lock.json"
    ) 9>"$PAGE_TESTS/lock"
}

# in_browser SCRIPT ARGUMENTS…: runs a script of this directory, which prints a line for each of its checks.
in_browser() {
    checks=$((checks + 1))
    node "$TOP/tests/page/$1" "${@:2}" || failures=$((failures + 1))
}

# Replaces a name of the same length in a profile, so that all sizes in the file stay right.
HOSTILE='</script><!--<img src=x onerror=hit=1>__'
export HOSTILE
plain_name=hostile_________________________________
make_hostile() { # FILE
    gunzip -c "$1" | sed "s|$plain_name|$HOSTILE|g" | gzip >"$1.new" && mv "$1.new" "$1"
}
