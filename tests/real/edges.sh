# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# The edges of the real programs, as cinstr records them and as a counting hook behind the same
# plugin counts them. Sourced by end-to-end tests after tests/e2e/lib.sh and programs.sh.

# edges_count KIND PROGRAM: runs $SCRATCH/KIND/PROGRAM, which was linked with the counting hook.
edges_count() {
    (cd "$SCRATCH/$1" && COUNT_HOOK_OUTPUT=$SCRATCH/$1/edges real_run "$2" test "./$2" >out)
}

# Of the counting hook alone: calls and exits of each function are as many, whatever was thrown. Lua
# jumps.
edges_balanced() { # EDGES
    awk '/^# exits/ { open[$3] -= $4; next } { open[$1] += $3 }
        END { for (name in open) if (open[name] != 0) { print name, open[name]; bad = 1 } exit bad }' "$1"
}

# edges_as_counted PROGRAM COMPILER VARIANT [by-function]: after edges_count counted PROGRAM. by-function compares
# callers and callees, for code whose call sites have other offsets.
edges_as_counted() {
    local profile=$SCRATCH/recorded/profile.pb.gz
    rm -f "$profile"
    real_build "$1" "$2" "$3" "$SCRATCH/recorded/$1" "${LINK_CINSTR[@]}" &&
        (cd "$SCRATCH/recorded" && CINSTR_OPTIONS=output=$profile real_run "$1" test "./$1" >out) &&
        cmp "$SCRATCH/counted/out" "$SCRATCH/recorded/out" &&
        "$CINSTR" report --addresses "$profile" >"$SCRATCH/recorded/edges" &&
        for kind in counted recorded; do
            "$REAL_HERE/name-edges" "$SCRATCH/$kind/$1" <"$SCRATCH/$kind/edges" >"$SCRATCH/$kind/named" || return
            [[ ${4:-} != by-function ]] || by_function "$SCRATCH/$kind/named" || return
        done && "$REAL_HERE/compare-edges" "$SCRATCH"/{counted,recorded}/named && "$CINSTR" verify "$profile"
}
by_function() { # NAMED
    sed -E 's/\+0x[0-9a-f]+//g' "$1" | awk '/^#/ { next } { sum[$1 " " $2] += $3 } END { for (edge in sum) print edge, sum[edge] }' \
        >"$1.functions" && mv "$1.functions" "$1"
}
