# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# The browser's driver, from npm, for the end-to-end tests that look at pages. Sourced after lib.sh.

export PAGE_TESTS=$BUILD/page-tests
install_driver() { # once, whichever test is first
    mkdir -p "$PAGE_TESTS" && (
        flock 9 && ! cmp -s "$TOP/tests/page/package-lock.json" "$PAGE_TESTS/node_modules/lock.json" || exit 0
        cp "$TOP"/tests/page/package*.json "$PAGE_TESTS" &&
            npm --prefix "$PAGE_TESTS" ci --no-audit --no-fund &&
            cp "$TOP/tests/page/package-lock.json" "$PAGE_TESTS/node_modules/lock.json"
    ) 9>"$PAGE_TESTS/lock"
}
