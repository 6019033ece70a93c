# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# Builds thrown.cpp and thrown_other.c with two compilers or kinds of hooks, and compares the recorded edges
# with those that there are. End-to-end tests source it after lib.sh.

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

thrown_edges() { # the edges between the program's own functions, by name without arguments
    "$CINSTR" report --edges --csv "$SCRATCH/thrown.pb.gz" | tail -n +2 | grep -v '^[-,[]' |
        sed 's/"\([^"]*\)"/\1/g; s/([^,]*)//g' | cut -d, -f1-3 | sort
}

thrown_run() { # OTHER REST: the commands that compile thrown_other.c and everything else
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

# With hooks before inlining, functions of the standard library are there in addition.
thrown_before() {
    thrown_run "$@" && [[ -z $(thrown_edges | comm -23 "$SCRATCH/thrown.edges" -) ]]
}
