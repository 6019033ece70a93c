# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Builds thrown.cpp and thrown_other.c by two compilers or ways and compares the edges recorded with
# those that there are. Sourced by end-to-end tests after tests/e2e/lib.sh.

cat >"$SCRATCH/thrown.edges" <<'END'
catcher,other,300
cleaner,Guard::~Guard,300
cleaner,other_type,300
main,after,300
main,catcher,300
other,cleaner,300
other_type,passer,300
passer,thrower,300
END

thrown_edges() { # those between the program's own functions, by name without arguments
    "$CINSTR" report --edges --csv "$SCRATCH/thrown.pb.gz" | tail -n +2 | grep -v '^[-,[]' |
        sed 's/"\([^"]*\)"/\1/g; s/([^,]*)//g' | cut -d, -f1-3 | sort
}

thrown_run() { # OTHER REST: what thrown_other.c is compiled by, and how the rest, by `cinstr cc`
    local driver=${2/clang/clang++}
    driver=${driver/cc gcc/cc g++}
    (cd "$SCRATCH" && $1 -fexceptions -g -c "$TOP/tests/programs/thrown_other.c" -o other.o &&
        $driver "$TOP/tests/programs/thrown.cpp" -c -o thrown.o &&
        $driver thrown.o other.o "${LINK_CINSTR[@]}" -o thrown && "$CINSTR" run -q -o thrown.pb.gz ./thrown &&
        "$CINSTR" verify thrown.pb.gz)
}

thrown() {
    thrown_run "$@" && thrown_edges | diff "$SCRATCH/thrown.edges" -
}

# There are the standard library's functions as well.
thrown_before() {
    thrown_run "$@" && [[ -z $(thrown_edges | comm -23 "$SCRATCH/thrown.edges" -) ]]
}
