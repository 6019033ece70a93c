#!/bin/bash
# SPDX-License-Identifier: MIT
# What several threads may call at once has no data race: the thread sanitizer looks on.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

races=$BUILD/races
build() {
    env -u MAKEFLAGS -u MAKELEVEL make -C "$TOP" -s -j2 BUILD="$races" PAGE_BUILD="$BUILD/page" CC="${CC:-gcc}" \
        CFLAGS='-O1 -g -fsanitize=thread' LDFLAGS=-fsanitize=thread "$races/tests/writer_test"
}
check "the reader builds with the thread sanitizer" build || finish
check "eight threads write profiles at once" "$races/tests/writer_test"
finish
