#!/bin/bash
# SPDX-License-Identifier: MIT
# Functions of the reader that several threads may call at once have no data race, according to the thread
# sanitizer.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

races=$BUILD/races
build() {
    env -u MAKEFLAGS -u MAKELEVEL make -C "$TOP" -s -j2 BUILD="$races" PAGE_BUILD="$BUILD/page" CC="${CC:-gcc}" \
        CFLAGS='-O1 -g -fsanitize=thread' LDFLAGS=-fsanitize=thread "$races/tests/writer_test"
}
check "the reader builds with the thread sanitizer" build || finish
check "eight threads write profiles at once without a data race" "$races/tests/writer_test"
finish
