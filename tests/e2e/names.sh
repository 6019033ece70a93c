#!/bin/bash
# SPDX-License-Identifier: MIT
# Every function has the name and the place of its source, also if two functions have one name or one function
# several versions, if symbols have no size, if there is little debug information, and if names are not UTF-8
# or very long.
. "$(dirname "$0")/lib.sh"
PROGRAMS=$TOP/tests/programs

# edges PROGRAM…: runs it and prints its exact edges, as sorted lines "caller>callee calls", without those of
# libc and libstdc++.
edges() {
    CINSTR_OPTIONS=output=$SCRATCH/edges.pb.gz "$@" >"$SCRATCH/output" &&
        "$CINSTR" report --json --edges "$SCRATCH/edges.pb.gz" |
        jq -r '.edges[] | select(.calls != 0) | "\(.caller // "-")>\(.callee) \(.calls)"' | grep -v '^\[' | sort
}

# has_edges WANTED PROGRAM…: the edges are WANTED, a list "caller>callee calls" with commas between.
has_edges() {
    local wanted=$1 found
    shift
    found=$(edges "$@" | paste -sd,)
    [[ $found == "$wanted" ]] || { echo "$found" && return 1; }
}

# --- two functions with one name ------------------------------------------------------------------

two_libraries() { # COMPILER FLAG…
    local compiler=$1 name
    shift
    for name in a b; do
        "$CINSTR" cc "$compiler" -g -shared -fPIC "$@" -fno-semantic-interposition -DLIBRARY=$name \
            "$PROGRAMS/same_name.c" -o "$SCRATCH/libsame_$name.so" || return
    done
}

of_one_name() { # COMPILER FLAG…
    two_libraries "$1" "${@:2}" &&
        "$CINSTR" cc "$1" -g "${@:2}" "$PROGRAMS/same_name.c" -o "$SCRATCH/same" -L"$SCRATCH" -lsame_a -lsame_b \
            "-Wl,-rpath,$SCRATCH" &&
        has_edges 'main>run_a 1,main>run_b 1,run_a>process 100,run_b>process 7' "$SCRATCH/same"
}

# Without position-independent code, the address of a library's function is that of a stub in the program
# (PLT).
of_a_stub() {
    two_libraries gcc &&
        printf 'int process(int); int run_a(int);
            int (*volatile taken)(int) = process; int main(void) { return run_a(100) != 5050; }' >"$SCRATCH/stub.c" &&
        "$CINSTR" cc gcc -fno-pie -no-pie "$SCRATCH/stub.c" -o "$SCRATCH/stub" -L"$SCRATCH" -lsame_a "-Wl,-rpath,$SCRATCH" &&
        has_edges 'main>run_a 1,run_a>process 100' "$SCRATCH/stub" &&
        "$CINSTR" report "$SCRATCH/edges.pb.gz" | has 'process  same_name.c:'
}

for compiler in gcc clang-14; do
    command -v $compiler >/dev/null || continue
    check "$compiler: each of two functions with one name has its own calls" of_one_name $compiler -O2
done
check "a library's function has its name, though its address is the program's stub" of_a_stub

# They are also told apart in a fork child, and if libraries are loaded while the program runs.
at_run_time() {
    two_libraries gcc -O2 && cat >"$SCRATCH/loads.c" <<'C' &&
#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>
static int run(const char *library, const char *name, int times) {
    void *loaded = dlopen(library, RTLD_NOW | RTLD_GLOBAL);
    int (*function)(int) = (int (*)(int))dlsym(loaded, name);
    return function(times);
}
int main(int count, char **names) {
    (void)count;
    int status = run(names[1], "run_a", 100) + run(names[2], "run_b", 7) - 5078;
    if (fork() == 0)
        return run(names[2], "run_b", 9) - 45;
    wait(NULL);
    return status;
}
C
        "$CINSTR" cc gcc -g "$SCRATCH/loads.c" -o "$SCRATCH/loads" &&
        CINSTR_OPTIONS=output=$SCRATCH/loads.%p.pb.gz "$SCRATCH/loads" "$SCRATCH"/libsame_{a,b}.so &&
        "$CINSTR" merge -o "$SCRATCH/loads.pb.gz" "$SCRATCH"/loads.*.pb.gz &&
        "$CINSTR" report --json --edges "$SCRATCH/loads.pb.gz" |
        jq -e '[.edges[] | select(.callee == "process") | "\(.caller) \(.calls)"] | sort == ["run_a 100", "run_b 16"]'
}
check "each of two functions with one name has its own calls, in libraries loaded later and in a fork child" at_run_time

# --- several versions of one function -------------------------------------------------------------

versions() { # COMPILER FLAG…
    "$CINSTR" cc "$@" -g -O2 "$PROGRAMS/versions.c" -o "$SCRATCH/versions" &&
        has_edges 'main>work 1,work>hidden 100,work>sum 100' "$SCRATCH/versions" &&
        "$CINSTR" report "$SCRATCH/edges.pb.gz" | has 'sum  versions.c:'
}

versions_in_library() { # COMPILER
    "$CINSTR" cc "$1" -g -O2 -shared -fPIC -DLIBRARY "$PROGRAMS/versions.c" -o "$SCRATCH/libversions.so" &&
        echo 'int work(void); int main(void) { return work(); }' >"$SCRATCH/caller.c" &&
        "$CINSTR" cc "$1" "$SCRATCH/caller.c" -o "$SCRATCH/caller" "$SCRATCH/libversions.so" &&
        has_edges 'main>work 1,work>hidden 100,work>sum 100' "$SCRATCH/caller"
}

if [[ $(uname -m) == x86_64 ]]; then
    for compiler in gcc clang-14; do
        command -v $compiler >/dev/null || continue
        check "$compiler: all versions of a function have its name" versions $compiler
        check "$compiler: all versions of a function have its name without position-independent code" versions $compiler -no-pie
        check "$compiler: all versions of a function have its name with binding at start" versions $compiler -Wl,-z,now -fcf-protection=none
        check "$compiler: all versions of a function have its name in a library" versions_in_library $compiler
    done
fi

# --- symbols without a size -----------------------------------------------------------------------

sizeless() {
    "$CINSTR" cc gcc -g -I "$TOP/include" "$PROGRAMS/assembly.c" -o "$SCRATCH/assembly" &&
        CINSTR_OPTIONS=output=$SCRATCH/assembly.pb.gz "$SCRATCH/assembly" &&
        "$CINSTR" report --json "$SCRATCH/assembly.pb.gz" |
        jq -e '[.functions[] | select(.calls > 0) | "\(.function) \(.calls)"] | sort == ["sizeless 3", "typeless 5"]'
}
check "functions in assembly have their names, even if their symbols lack size or type" sizeless

# --- little debug information ---------------------------------------------------------------------

has_places() { # COMPILER FLAG
    "$CINSTR" cc "$1" -O2 "$2" "$PROGRAMS/latin1.c" -o "$SCRATCH/places" &&
        CINSTR_OPTIONS=output=$SCRATCH/places.pb.gz "$SCRATCH/places" &&
        "$CINSTR" report --json "$SCRATCH/places.pb.gz" |
        jq -e '[.functions[] | select(.calls > 0) | (.file | sub(".*/"; "")) + ":\(.line)"] | sort == ["latin1.c:5", "latin1.c:9"]' &&
        "$CINSTR" report "$SCRATCH/places.pb.gz" >"$SCRATCH/places.txt" &&
        go tool pprof -raw "$SCRATCH/places.pb.gz" 2>"$SCRATCH/places.log" | has 'main .*latin1.c:11'
}
for compiler in clang-14 clang-19; do
    command -v $compiler >/dev/null || continue
    for flag in -g1 -gmlt -gline-tables-only -g; do
        check "$compiler $flag: functions and calls have file and line" has_places $compiler $flag
    done
done
check "gcc -g1: functions and calls have file and line" has_places gcc -g1

# --- names that are not UTF-8 ---------------------------------------------------------------------

is_utf8() {
    local place
    place=$SCRATCH/$(printf 'caf\351')
    mkdir -p "$place" && cp "$PROGRAMS/latin1.c" "$place/" &&
        "$CINSTR" cc gcc -g "$place/latin1.c" -o "$place/latin1" &&
        CINSTR_OPTIONS=output=$SCRATCH/latin1.pb.gz:trace=$SCRATCH/latin1.json "$place/latin1" &&
        zcat "$SCRATCH/latin1.pb.gz" >"$SCRATCH/latin1.pb" && python3 - "$SCRATCH/latin1.pb" <<'P' &&
import sys

# Field 6 of a pprof profile is the string table.
data, at, texts = open(sys.argv[1], "rb").read(), 0, []
def varint():
    global at
    value = shift = 0
    while True:
        byte = data[at]; at += 1
        value |= (byte & 127) << shift; shift += 7
        if byte < 128:
            return value
while at < len(data):
    tag = varint()
    if tag & 7 == 0:
        varint()
        continue
    size = varint()
    if tag >> 3 == 6:
        texts.append(data[at:at + size].decode("utf-8"))
    at += size
assert "th\\xe9" in texts and any(text.endswith("/caf\\xe9/latin1.c") for text in texts), texts
P
        "$CINSTR" report "$SCRATCH/latin1.pb.gz" | has -F 'th\xe9  latin1.c' &&
        "$CINSTR" report --json "$SCRATCH/latin1.pb.gz" | jq -e '[.functions[].function] | index("th\\xe9")' &&
        "$CINSTR" report --html "$SCRATCH/latin1.html" "$SCRATCH/latin1.pb.gz" &&
        jq -e '[.traceEvents[] | select(.ph == "B") | .name] | index("th\\xe9")' "$SCRATCH/latin1.json"
}
check "names and paths that are not UTF-8 are escaped in every format" is_utf8

# --- long names -----------------------------------------------------------------------------------

short_names() {
    local long='shop::Table<std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >, long>::add'
    "$CINSTR" cc --before-inlining g++ -O1 -g "$PROGRAMS/templates.cpp" -o "$SCRATCH/templates" &&
        CINSTR_OPTIONS=output=$SCRATCH/templates.pb.gz "$SCRATCH/templates" || return
    for view in '' --edges --tree; do
        "$CINSTR" report $view --limit 0 "$SCRATCH/templates.pb.gz" >"$SCRATCH/short" &&
            has ' shop::Table::add\( \|$\)' <"$SCRATCH/short" && ! has '[a-z]<' <"$SCRATCH/short" || return
        "$CINSTR" report $view --long-names --limit 0 "$SCRATCH/templates.pb.gz" | has -F "$long(" || return
    done
    "$CINSTR" report --show '^shop::Table<.*>::add[(]' "$SCRATCH/templates.pb.gz" | has 'shop::Table::add  ' &&
        "$CINSTR" report --json "$SCRATCH/templates.pb.gz" | has -F "$long("
}
check "C++ names are shown short, and whole with --long-names; patterns match and JSON has whole names" short_names

# --- pprof's own demangling -----------------------------------------------------------------------

# Of the profile of short_names(). `pprof -raw` prints a symbol's mangled name in brackets behind its line.
mangled() {
    go tool pprof -raw "$SCRATCH/templates.pb.gz" 2>"$SCRATCH/pprof.log" | sed -n 's/.*templates\.cpp:.*(\(_Z.*add.*\))$/\1/p' | sort -u >"$SCRATCH/found"
    nm "$SCRATCH/templates" | awk '$3 ~ /^_ZN4shop5Table.*3add/ { print $3 }' | diff - "$SCRATCH/found" && [[ -s $SCRATCH/found ]]
}
check "a profile has C++ symbols as the program's symbol table has them" mangled

# `remote` keeps go tool pprof from reading names anew from the program, as Go would read them.
in_pprof() { # MODE NAME
    PPROF_TMPDIR=$SCRATCH go tool pprof "-symbolize=$1" -top "$SCRATCH/templates.pb.gz" 2>"$SCRATCH/pprof.log" >"$SCRATCH/top" &&
        awk -v name="$2" 'substr($0, length() - length(name) - 1) == "  " name { found = 1 } END { exit !found }' "$SCRATCH/top" ||
        { cat "$SCRATCH/top" "$SCRATCH/pprof.log" && return 1; }
}
pprof_demangles() {
    local key='std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >'
    local table="shop::Table<$key, long>::add"
    in_pprof default "$table($key const&, long)" && in_pprof remote:demangle=full "$table($key const&, long)" &&
        in_pprof remote:demangle=templates "$table" && in_pprof remote:force shop::Table::add
}
check "pprof's own options show them long, without parameters, and short" pprof_demangles

finish
