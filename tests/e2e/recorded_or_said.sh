#!/bin/bash
# SPDX-License-Identifier: MIT
# Everything that has hooks is recorded completely. Where it is not, one line says so and why. The programs
# have known counts.
. "$(dirname "$0")/lib.sh"
PROGRAMS=$TOP/tests/programs
cd "$SCRATCH" || exit

# counts PROFILE: sorted "FUNCTION CALLS" of all functions with calls, with commas between
counts() { "$CINSTR" report --json "$1" | jq -r '.functions[] | select(.calls > 0) | "\(.function) \(.calls)"' | sort | paste -sd,; }

# records WANTED PROGRAM…: the profile has these counts, and the recorder prints nothing
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
    skip "gfortran: all calls are recorded" "it is not installed"
fi

redefined() {
    "$CINSTR" cc gcc -O0 -fno-builtin "$PROGRAMS/redefined.c" -o redefined &&
        records 'hcreate 1,main 1,mine 1,strspn 1' ./redefined
}
check "gcc: a program's own functions are recorded even if a system header declares them" redefined

# Headers of libc that contain inline functions are excluded from hooks. So are, then, functions that they
# declare and the program defines itself.
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
check "gcc's own hooks: cinstr cc says that a function has none because <ctype.h> declares it" declared

# --- hooks or library are missing -----------------------------------------------------------------

own_hooks() {
    "$CINSTR" cc gcc -O2 "$PROGRAMS/own_hooks.c" -o own 2>err && has 'cc: own defines __cyg_profile_func_enter itself' <err &&
        (($(wc -l <err) == 1)) && "$CINSTR" run ./own >out 2>err && [[ $(<out) == 3 ]] &&
        has 'own defines __cyg_profile_func_enter itself' <err && (($(wc -l <err) == 1))
}
check "cc and run say that a program defines the hooks itself" own_hooks

without_hooks() {
    gcc "$PROGRAMS/one_leaf.c" -o plain && "$CINSTR" run ./plain >out 2>err && has 'plain has no hooks: build it with' <err &&
        (($(wc -l <err) == 1)) || return
    gcc "$PROGRAMS/one_leaf.c" -o plain -Wl,--no-as-needed "${LINK_CINSTR[@]}" && "$CINSTR" run ./plain >out 2>err &&
        has 'linked with -lcinstr, but none of its' <err && (($(wc -l <err) == 1)) || return
    printf '#!/bin/sh\necho\n' >script && chmod +x script && "$CINSTR" run ./script >out 2>err && has 'script is a script' <err
}
check "run says that a program has no hooks, or is a script" without_hooks

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
check "a line counts the calls that a launcher made before exec, and run keeps its segment" launcher

# Programs that were compiled with hooks but linked without the library are recorded by `cinstr run`.
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
check "cinstr run records a program that has hooks but no library" hooked_only
if command -v cmake >/dev/null; then
    check "cinstr run records a program that CMake built with cinstr cc as compiler launcher" launched
else
    skip "cinstr run records a program that CMake built with cinstr cc as compiler launcher" "cmake is not installed"
fi

# --- no space -------------------------------------------------------------------------------------

"$CINSTR" cc gcc -O1 "$PROGRAMS/explosion.c" -o explosion || exit

# exact PROFILE TRUTH: every edge has the count that the program states
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

# dump reads the segment's file. What the process has in memory alone is missing, and the dump says so.
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
        check "on a disk of $size, without more memory, every edge is exact" on_small_disk $size limited
    done
    check "a dump of a process whose disk is full says that it is incomplete" small_from_outside
else
    skip "on a small disk every edge is exact" "no tmpfs can be mounted"
fi

limited() { # ulimit's option
    local size
    "$CINSTR" cc gcc -O2 "$PROGRAMS/one_leaf.c" -o leaf || return
    for size in 1000 4000 20000 60000; do
        rm -f p.pb.gz
        (ulimit "$1" "$size" && CINSTR_OPTIONS=output=p.pb.gz ./leaf >out 2>err) && [[ $(<out) == 100 ]] || continue
        [[ -e p.pb.gz && $(counts p.pb.gz) == 'leaf 100,main 1' ]] || has 'cinstr: .*memory' <err ||
            { echo "$size" && cat err && return 1; }
    done
}
check "with little data memory everything is recorded, or a line says why not" limited -d
check "with little address space everything is recorded, or a line says why not" limited -v

finish
