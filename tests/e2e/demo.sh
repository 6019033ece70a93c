#!/bin/bash
# SPDX-License-Identifier: MIT
# `make demo` does what the README says: it prints a report of Lua with exact edges, and writes a profile that
# pprof opens.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

shown=$SCRATCH/shown
export REAL_DIR=${REAL_DIR:-$TOP/build/real}

demo() {
    make -C "$TOP" --no-print-directory BUILD="$BUILD" demo >"$shown" || { cat "$shown" && return 1; }
}
# pprof_opens: runs the line that the demo prints, unchanged.
pprof_opens() {
    local line
    line=$(grep -m 1 '^go tool pprof -top ' "$shown") && (cd "$TOP" && $line) >"$SCRATCH/top" 2>&1 &&
        grep -q '^Type: wall$' "$SCRATCH/top" && grep -q ' luaV_execute$' "$SCRATCH/top"
}

rm -f "$BUILD/demo/lua.pb.gz"
check "make demo runs to its end" demo || finish
check "make demo runs Lua's script" grep -q '^8	10946	' "$shown"
check "make demo reports functions with their files" grep -q ' luaV_execute  lvm.c:[0-9]' "$shown"
check "make demo reports callers and callees, with counts" grep -Eq '^ +[0-9,]+ of +[0-9,]+ .* from (ccall|luaD_call(noyield)?)$' "$shown"
check "make demo verifies the profile" grep -q ': fine: ' "$shown"
check "the line that it prints for pprof opens the profile" pprof_opens
finish
