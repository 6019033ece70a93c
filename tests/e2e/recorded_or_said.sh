#!/bin/bash
# SPDX-License-Identifier: MIT
# What has hooks is recorded, all of it; where it is not, one line says so and why.
. "$(dirname "$0")/lib.sh"
PROGRAMS=$TOP/tests/programs
cd "$SCRATCH" || exit

# counts PROFILE: "FUNCTION CALLS" of all that have calls, sorted, with commas between
counts() { "$CINSTR" report --json "$1" | jq -r '.functions[] | select(.calls > 0) | "\(.function) \(.calls)"' | sort | paste -sd,; }

# records WANTED PROGRAM…: no word is said
records() {
    local wanted=$1
    shift
    rm -f p.pb.gz
    CINSTR_OPTIONS=output=p.pb.gz "$@" >out 2>err && is_empty err && [[ $(counts p.pb.gz) == "$wanted" ]] ||
        { counts p.pb.gz && return 1; }
}

# --- link time optimisation -----------------------------------------------------------------------

lto() { # COMPILER LINKER
    "$CINSTR" cc "$1" -O2 -flto -fuse-ld="$2" "$PROGRAMS/one_leaf.c" -o leaf && records 'leaf 100,main 1' ./leaf &&
        "$CINSTR" cc "$1" -O2 -flto -c "$PROGRAMS/one_leaf.c" -o leaf.o &&
        "$CINSTR" cc "$1" -O2 -flto -fuse-ld="$2" leaf.o -o leaf && records 'leaf 100,main 1' ./leaf
}
by_hand() {
    gcc -O2 -flto -finstrument-functions "$PROGRAMS/one_leaf.c" -o leaf "${LINK_CINSTR[@]}" && records 'leaf 100,main 1' ./leaf
}
for linker in bfd gold lld; do
    command -v ld.$linker >/dev/null || continue
    [[ $linker == lld ]] || check "gcc -flto, $linker: all calls are recorded" lto gcc $linker
    command -v clang-14 >/dev/null && check "clang -flto, $linker: all calls are recorded" lto clang-14 $linker
done
check "gcc -flto, linked with -lcinstr by hand: all calls are recorded" by_hand

# --- other languages, other definitions -----------------------------------------------------------

fortran() { "$CINSTR" cc gfortran -O0 "$PROGRAMS/fortran.f90" -o fortran && records 'MAIN__ 1,leaf_ 100,main 1' ./fortran; }
if command -v gfortran >/dev/null; then
    check "gfortran: all calls are recorded" fortran
else
    skip "gfortran: all calls are recorded" "it is not here"
fi

redefined() {
    "$CINSTR" cc gcc -O0 -fno-builtin "$PROGRAMS/redefined.c" -o redefined &&
        records 'hcreate 1,main 1,mine 1,strspn 1' ./redefined
}
check "gcc: a program's own functions are recorded, though a system header declares them" redefined

# Headers of libc that hold inline functions are left out, and with them what the program defines instead.
declared() {
    cat >own_ctype.c <<'END_C' || return
#include <ctype.h>
#undef isalpha
__attribute__((noinline)) int isalpha(int c) { return c > 64; }
int main(void) { return !isalpha('A'); }
END_C
    "$CINSTR" cc --before-inlining gcc -O1 -fno-builtin own_ctype.c -o own_ctype 2>err && (($(wc -l <err) == 1)) &&
        has 'own_ctype defines isalpha() itself: .*--system-headers does' <err &&
        "$CINSTR" cc --before-inlining --system-headers gcc -O1 -fno-builtin own_ctype.c -o own_ctype 2>err && is_empty err &&
        records 'isalpha 1,main 1' ./own_ctype &&
        for way in --before-inlining --; do "$CINSTR" cc $way gcc "$PROGRAMS/one_leaf.c" -o leaf 2>err && is_empty err || return; done
}
check "gcc's own hooks: a function that <ctype.h> declares, too, is said to have none" declared

# --- which of hooks and library is missing --------------------------------------------------------

own_hooks() {
    "$CINSTR" cc gcc -O2 "$PROGRAMS/own_hooks.c" -o own 2>err && has 'cc: own defines __cyg_profile_func_enter itself' <err &&
        (($(wc -l <err) == 1)) && "$CINSTR" run ./own >out 2>err && [[ $(<out) == 3 ]] &&
        has 'own defines __cyg_profile_func_enter itself' <err && (($(wc -l <err) == 1))
}
check "hooks that a program defines itself are said to be" own_hooks

without_hooks() {
    gcc "$PROGRAMS/one_leaf.c" -o plain && "$CINSTR" run ./plain >out 2>err && has 'plain has no hooks: build it with' <err &&
        (($(wc -l <err) == 1)) || return
    gcc "$PROGRAMS/one_leaf.c" -o plain -Wl,--no-as-needed "${LINK_CINSTR[@]}" && "$CINSTR" run ./plain >out 2>err &&
        has 'linked with -lcinstr, but none of its' <err && (($(wc -l <err) == 1)) || return
    printf '#!/bin/sh\necho\n' >script && chmod +x script && "$CINSTR" run ./script >out 2>err && has 'script is a script' <err
}
check "a program without hooks, and a script, are said to be" without_hooks

launcher() {
    "$CINSTR" cc gcc -O1 -x c - -o launcher <<'END_C' || return
#include <unistd.h>
__attribute__((noinline)) void early(void) { __asm__ volatile(""); }
int main(int count, char **arguments) {
    for (int i = 0; i < 10; i++)
        early();
    return count < 2 || execv(arguments[1], arguments + 1);
}
END_C
    "$CINSTR" cc gcc -O2 "$PROGRAMS/one_leaf.c" -o leaf && CINSTR_OPTIONS=output=p.pb.gz ./launcher ./leaf >out 2>err &&
        has '11 calls before exec, of launcher: not in the profile of leaf' <err && (($(wc -l <err) == 1)) &&
        [[ $(counts p.pb.gz) == 'leaf 100,main 1' ]] || return
    mkdir -p -m 700 kept && "$CINSTR" run --directory kept ./launcher "$(type -P true)" 2>err &&
        has 'what it recorded is kept: cinstr report' <err && "$CINSTR" report --json kept/*.seg >report.json &&
        [[ $(jq '.functions[] | select(.function == "early") | .calls' report.json) == 10 ]]
}
check "what a launcher did before it executed another program is said, and kept" launcher

# What was compiled with hooks and linked without the library is recorded all the same.
launched() {
    mkdir -p cmake && printf 'cmake_minimum_required(VERSION 3.10)\nproject(leaf C)\nadd_executable(leaf %s)\n' \
        "$PROGRAMS/one_leaf.c" >cmake/CMakeLists.txt &&
        cmake -S cmake -B cmake/build -DCMAKE_C_COMPILER=gcc -DCMAKE_C_COMPILER_LAUNCHER="$CINSTR;cc" >cmake.log 2>&1 &&
        make -C cmake/build >cmake.log 2>&1 && "$CINSTR" run -o p.pb.gz cmake/build/leaf >out 2>err &&
        [[ $(counts p.pb.gz) == 'leaf 100,main 1' ]]
}
hooked_only() {
    gcc -finstrument-functions "$PROGRAMS/one_leaf.c" -o hooked && "$CINSTR" run -o p.pb.gz ./hooked >out 2>err &&
        [[ $(counts p.pb.gz) == 'leaf 100,main 1' ]]
}
check "cinstr run records what has hooks and no library" hooked_only
if command -v cmake >/dev/null; then
    check "a program whose compiler cinstr cc launched for CMake is recorded by cinstr run" launched
else
    skip "a program whose compiler cinstr cc launched for CMake is recorded by cinstr run" "no cmake is here"
fi

# --- no room --------------------------------------------------------------------------------------

"$CINSTR" cc gcc -O1 "$PROGRAMS/explosion.c" -o explosion || exit

# exact PROFILE TRUTH: every edge
exact() {
    "$CINSTR" report --json --edges "$1" | jq -r '.edges[] | select(.calls > 0 and (.callee | test("^f[0-9]"))) |
        ((.caller // "-") | if test("^f[0-9]") then .[1:] else "16" end) + " " + .callee[1:] + " \(.calls)"' | sort |
        diff - <(sort "$2")
}

on_small_disk() { # SIZE [HOW]
    mkdir -p small && mount -t tmpfs -o size="$1",mode=700 none small || return
    CINSTR_OPTIONS=output=p.pb.gz:directory=$SCRATCH/small ./explosion 1000000 ${2:-} >truth 2>err
    local status=$?
    umount small
    cat err
    ((status == 5 && $(wc -l <err) == 1)) && exact p.pb.gz truth && "$CINSTR" verify p.pb.gz &&
        "$CINSTR" report p.pb.gz | has -v '\[lost\]'
}

# From outside, what lies in memory alone is missing, and said to be.
small_from_outside() {
    mkdir -p small && mount -t tmpfs -o size=1m,mode=700 none small && mkfifo said || return
    CINSTR_OPTIONS=output=none:directory=$SCRATCH/small ./explosion 100000000 >/dev/null 2>said &
    local pid=$! line status
    read -r line <said
    "$CINSTR" dump -q --directory small -o outside.pb.gz "$pid"
    status=$?
    kill -9 "$pid"
    wait "$pid"
    umount small
    "$CINSTR" report outside.pb.gz >outside
    echo "status $status; $line" && head -n 4 outside
    [[ $line == *'will lack what is recorded from now on'* ]] && ((status == 0)) &&
        has 'incomplete: its directory was full' <outside
}

if ((EUID == 0)) && mkdir -p small && mount -t tmpfs none small 2>/dev/null; then
    umount small
    for size in 1m 512k 256k 16k; do
        check "on a disk of $size every edge is exact" on_small_disk $size
    done
    for size in 1m 3m; do
        check "on a disk of $size and without more memory every edge is exact" on_small_disk $size limited
    done
    check "of a full disk a dump from outside says that it is incomplete" small_from_outside
else
    skip "on a small disk every edge is exact" "no tmpfs is to be had"
fi

limited() { # ULIMIT'S ARGUMENTS
    local size
    "$CINSTR" cc gcc -O2 "$PROGRAMS/one_leaf.c" -o leaf || return
    for size in 1000 4000 20000 60000; do
        rm -f p.pb.gz
        (ulimit "$1" "$size" && CINSTR_OPTIONS=output=p.pb.gz ./leaf >out 2>err) && [[ $(<out) == 100 ]] || continue
        [[ -e p.pb.gz && $(counts p.pb.gz) == 'leaf 100,main 1' ]] || has 'cinstr: .*memory' <err ||
            { echo "$size" && cat err && return 1; }
    done
}
check "with little data memory all is recorded or a line says why not" limited -d
check "with little address space all is recorded or a line says why not" limited -v

finish
