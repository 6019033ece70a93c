#!/bin/bash
# SPDX-License-Identifier: MIT
# Calls that do not end by an ordinary return keep their edges: asynchronous cancellation, __builtin_longjmp,
# jumps in a library whose host is not linked with cinstr, exceptions out of inlined functions. The programs
# know how often they call what. Where edges cannot be right, as with -fsplit-stack, cinstr refuses.
# shellcheck disable=SC2317
. "$(dirname "$0")/lib.sh"
PROGRAMS=$TOP/tests/programs
cd "$SCRATCH" || exit

# calls CALLER CALLEE: the edge's calls in p.pb.gz, by names without arguments; 0 if there is no such edge
calls() {
    "$CINSTR" report --json --edges p.pb.gz | jq --arg caller "$1" --arg callee "$2" 'def name: (. // "") | sub("\\(.*"; "");
        [.edges[] | select((.caller | name) == $caller and (.callee | name) == $callee) | .calls] | add // 0'
}

record() {
    rm -f p.pb.gz
    CINSTR_OPTIONS=output=p.pb.gz "$@" >out 2>err
}

# jumped: the calls of builtin_longjmp.c or longjmp_in_library.c are exact; mid() never calls recovered()
jumped() {
    local edge
    [[ $(calls trier recovered) == 500 && $(calls mid jumper) == 500 && $(calls mid leaf) == 500 &&
        $(calls trier down) == 1000 && $(calls mid recovered) == 0 ]] && "$CINSTR" verify p.pb.gz ||
        { for edge in 'trier recovered' 'mid recovered' 'mid jumper' 'mid leaf'; do
            # shellcheck disable=SC2086
            echo "$edge $(calls $edge)"
        done && return 1; }
}

# --- asynchronous cancellation --------------------------------------------------------------------

"$CINSTR" cc gcc -O1 "$PROGRAMS/async_cancel.c" -o cancel -lpthread || exit

# A thread that is cancelled before the first instruction of leaf() has called it, but has not counted the
# call.
cancelled() { # HOW
    local leafs cleaned seen
    # shellcheck disable=SC2086
    record ./cancel 400 $1 && read -r leafs cleaned <out && is_empty err && "$CINSTR" verify p.pb.gz || return
    seen=$(calls spin leaf)
    [[ $cleaned == 400 && $(calls clean tidy) == 400 && $(calls run spin) == 400 ]] &&
        ((seen >= leafs && seen <= leafs + 400)) || { echo "$seen calls, not $leafs" && return 1; }
}
check "threads that are cancelled at cancellation points keep all calls" cancelled ''
check "threads that are cancelled between any two instructions end as without cinstr, and keep all calls" cancelled async

# --- the compiler's own jumps ---------------------------------------------------------------------

builtin() { # COMPILER…
    "$CINSTR" cc "$@" "$PROGRAMS/builtin_longjmp.c" -o jumps && record ./jumps && [[ $(<out) == 502000 ]] && is_empty err
}
with_inlined() { builtin "$@" && jumped; }
# CALLER is the function that calls jumper and leaf once everything possible is inlined: gcc does not inline a
# function that calls setjmp.
without_inlined() { # CALLER COMPILER…
    builtin "${@:2}" && [[ $(calls "$1" jumper) == 500 && $(calls "$1" leaf) == 500 && $(calls main after) == 1000 ]]
}
check "gcc -O0: after __builtin_longjmp calls belong to the function that called __builtin_setjmp" with_inlined gcc -O0
check "gcc -O2: after __builtin_longjmp out of inlined functions calls have the right caller" with_inlined --before-inlining gcc -O2
check "g++ -O2: after __builtin_longjmp out of inlined functions calls have the right caller" with_inlined --before-inlining g++ -x c++ -O2
check "gcc -O2, hooks after inlining: __builtin_longjmp keeps all edges" without_inlined trier gcc -O2
for version in 14 19; do
    command -v clang-$version >/dev/null || continue
    check "clang-$version --before-inlining: __builtin_longjmp out of inlined functions keeps all edges" \
        with_inlined --before-inlining clang-$version -O2
    check "clang-$version: __builtin_longjmp keeps all edges" without_inlined main clang-$version -O2
done
without_library() { # compiled with cinstr cc, linked without the library
    "$CINSTR" cc gcc -O2 -c "$PROGRAMS/builtin_longjmp.c" -o jumps.o && gcc jumps.o -o jumps && [[ $(./jumps) == 502000 ]]
}
check "an object that reports its jumps links and runs without the recorder" without_library

# --- a library in a foreign host ------------------------------------------------------------------

library() { # LINKER
    "$CINSTR" cc --before-inlining gcc -O2 -fuse-ld="$1" -fPIC -shared "$PROGRAMS/longjmp_in_library.c" -o libjumps.so
}
hosted() { # LINKER
    library "$1" && gcc -DHOST "$PROGRAMS/longjmp_in_library.c" -o host && record ./host ./libjumps.so &&
        [[ $(<out) == 501000 ]] && jumped
}
in_python() {
    library bfd && record python3 -c 'import ctypes; print(ctypes.CDLL("./libjumps.so").entry(1000))' &&
        [[ $(<out) == 501000 ]] && jumped
}
for linker in bfd gold; do
    check "longjmp in a library keeps all edges in a host without cinstr, linked by $linker" hosted $linker
done
if command -v python3 >/dev/null; then
    check "longjmp in a library that Python has loaded keeps all edges" in_python
fi

# The C++ library may be loaded after the recorder, so that it is not behind it in the order of symbols.
cat >throws.cpp <<'END_CXX'
#define NOINLINE extern "C" __attribute__((noinline))
NOINLINE int thrower(int i) { if (i % 2) throw 1; return i; }
NOINLINE int handled(int i) { __asm__ volatile(""); return i; }
extern "C" long entry(int n) {
    long sum = 0;
    for (int i = 0; i < n; i++)
        try { sum += thrower(i); } catch (int) { sum += handled(i); }
    return sum;
}
END_CXX
cat >both.c <<'END_C'
#include <dlfcn.h>
#include <stdio.h>
int main(void) {
    long (*first)(int), (*second)(int);
    *(void **)&first = dlsym(dlopen("./libjumps.so", RTLD_NOW), "entry");
    *(void **)&second = dlsym(dlopen("./libthrows.so", RTLD_NOW), "entry");
    long a = first(1000), b = second(1000);
    printf("%ld %ld\n", a, b);
}
END_C
later() {
    library bfd && "$CINSTR" cc g++ -O1 -fPIC -shared throws.cpp -o libthrows.so && gcc both.c -o both && record ./both &&
        [[ $(<out) == '501000 499500' && $(calls entry handled) == 500 ]]
}
check "exceptions are caught by a C++ library that is loaded after the recorder" later

# --- exceptions out of inlined functions ----------------------------------------------------------

caught() { # COMPILER…
    "$@" -O1 -g "$PROGRAMS/catch_inlined.cpp" -o catch "${LINK_CINSTR[@]}" && record ./catch && "$CINSTR" verify p.pb.gz
}
exact_catch() {
    caught "$@" && { [[ $(calls outer h) == 100000 ]] || { calls outer h && return 1; }; }
}
check "g++: a call after an exception has left an inlined function has the right caller" exact_catch g++ -finstrument-functions
for version in 14 19; do
    command -v clang++-$version >/dev/null && [[ -f $BUILD/cinstr-plugin-$version.so ]] &&
        check "clang++-$version with the plugin: such a call has the right caller" exact_catch "$CINSTR" cc clang++-$version
done

# The manual states this bound: the wrong caller is the inlined function, for at most as many calls as there
# were catches.
bounded() { # COMPILER
    local own inlined
    caught "$1" -finstrument-functions || return
    own=$(calls outer h) inlined=$(calls g h)
    ((own + inlined == 100000 && inlined <= 50000)) || { echo "$own calls by the right caller, $inlined by the inlined function" && return 1; }
}
for version in 14 19; do
    command -v clang++-$version >/dev/null &&
        check "clang++-$version's own hooks: a call after a catch has its caller or a function inlined into that" bounded clang++-$version
done

# --- split stacks ---------------------------------------------------------------------------------

refused() {
    "$CINSTR" cc gcc -fsplit-stack "$PROGRAMS/split_stack.c" -o split 2>err
    (($? == 2 && $(wc -l <err) == 1)) && has 'fsplit-stack is not supported' <err && [[ ! -e split ]] &&
        "$CINSTR" cc gcc -fsplit-stack -fno-split-stack "$PROGRAMS/split_stack.c" -o split
}
check "cinstr cc refuses -fsplit-stack in one line" refused
told() {
    gcc -O1 -fsplit-stack -fuse-ld=gold -finstrument-functions "$PROGRAMS/split_stack.c" -o split "${LINK_CINSTR[@]}" &&
        record ./split && (($(wc -l <err) == 1)) && has 'fsplit-stack is not supported' <err
}
if [[ $(uname -m) == x86_64 ]] && command -v ld.gold >/dev/null; then
    check "the recorder says that -fsplit-stack is not supported" told
fi

finish
