#!/bin/bash
# SPDX-License-Identifier: MIT
# A program that is itself an instrumented build of zlib, from Debian's source package, linked statically and
# exported with -rdynamic. At exit the recorder's reader uses zlib, too, and must get its own. The counting
# hook has the truth.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/real/programs.sh
. "$TOP/tests/real/programs.sh"

source=$(real_fetch zlib) || { fail "zlib's source is fetched" "see above" && finish; }

# zlib_build OUTPUT FLAGS… -- LINK…: builds one executable of zlib and the program.
zlib_build() {
    local output=$1 flags=()
    shift
    while [[ $1 != -- ]]; do
        flags+=("$1")
        shift
    done
    shift
    gcc -O2 -g -w -std=gnu11 -D_LARGEFILE64_SOURCE -DHAVE_UNISTD_H "${flags[@]}" -I"$source" \
        "$source"/*.c "$TOP/tests/programs/own_zlib.c" "$@" -o "$SCRATCH/$output"
}

builds() {
    local hook
    hook=$(real_count_hook) &&
        zlib_build plain -- &&
        zlib_build counted -finstrument-functions -- "$hook" -rdynamic &&
        zlib_build recorded -finstrument-functions -- "${LINK_CINSTR[@]}" -rdynamic
}
check "zlib is built plain, with the counting hook and with the recorder" builds || finish

runs() {
    "$SCRATCH/plain" >"$SCRATCH/plain.out" &&
        COUNT_HOOK_OUTPUT=$SCRATCH/counted.edges "$SCRATCH/counted" >"$SCRATCH/counted.out" &&
        CINSTR_OPTIONS=output=$SCRATCH/profile.pb.gz "$SCRATCH/recorded" >"$SCRATCH/recorded.out" \
            2>"$SCRATCH/recorded.err"
}
check "the program runs, and its profile is written" runs
check "nothing is printed on standard error" is_empty "$SCRATCH/recorded.err"
check "its output is that of the plain build" cmp "$SCRATCH/plain.out" "$SCRATCH/recorded.out"

same_edges() {
    "$CINSTR" report --addresses "$SCRATCH/profile.pb.gz" >"$SCRATCH/recorded.edges" &&
        "$REAL_HERE/name-edges" "$SCRATCH/counted" <"$SCRATCH/counted.edges" >"$SCRATCH/expected" &&
        "$REAL_HERE/name-edges" "$SCRATCH/recorded" <"$SCRATCH/recorded.edges" >"$SCRATCH/actual" &&
        "$REAL_HERE/compare-edges" "$SCRATCH/expected" "$SCRATCH/actual"
}
check "every edge has the count of the counting hook, without calls of the reader" same_edges
opens() {
    go tool pprof -top -sample_index=calls "$SCRATCH/profile.pb.gz" >"$SCRATCH/top" && grep deflate "$SCRATCH/top"
}
check "pprof opens the profile" opens
finish
