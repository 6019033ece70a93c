#!/bin/bash
# SPDX-License-Identifier: MIT
# -cinstr-inline-entry: with the usual path of entries in line every edge is as exact as without, in
# programs that jump, throw, thread, are handled signals and switch stacks, among objects of all
# other kinds of hooks; code made for another version of the recorder does not link. Truth programs
# count their own edges, real programs have the counting hook's.
# shellcheck disable=SC2317,SC2016
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/real/programs.sh
. "$TOP/tests/real/programs.sh"
export BUILD

find_plugins "entries in line"
in_line=(-Xclang -mllvm -Xclang -cinstr-inline-entry)

# What is built has it: else all of this would show nothing.
has_it() { # FILE
    objdump -dr "$1" | has -w 'cinstr1_enter_other[>]*$\|cinstr1_enter_other-0x4$'
}

# --- truth programs ------------------------------------------------------------------------------
after="-finstrument-functions-after-inlining -fno-inline -fno-optimize-sibling-calls"
truth_by_plugin "every entry in line" TRUTH_LEVELS="1 2 3" TRUTH_SEEDS="${SEEDS:-3}" TRUTH_OPTIONS="--without inlining" \
    TRUTH_HOOKS="$after ${in_line[*]}"
truth_by_plugin "some in line, some inlined" TRUTH_SEEDS="${SEEDS:-5}" TRUTH_LEVELS=2 \
    TRUTH_HOOKS="-finstrument-functions ${in_line[*]}"

# --- one tree with hooks of every other kind -------------------------------------------------------
cat >"$SCRATCH/main.cc" <<'END'
#include <stdexcept>
#define KEPT __attribute__((noinline))
extern "C" int other(int (*function)(int), int x);
KEPT static int thrower(int x) { if (x % 3 == 0) throw std::runtime_error("3"); return x; }
KEPT static int passer(int x) { volatile char room[100]; room[x % 100] = 1; return thrower(x) + room[0]; }
KEPT static int catcher(int x) { try { return other(passer, x); } catch (const std::exception &) { return 0; } }
extern "C" KEPT int many(int a, long b, int c, long d, int e, long f, int g, double h, float i) {
    __asm__ volatile("");
    return (int)(a + b * c + d * e + f * g + (long)(h * i));
}
int main() {
    int sum = 0;
    for (int i = 0; i < 300; i++) sum += catcher(i);
    return many(1, 2, 3, 4, 5, 6, 7, 8.0, 9.0f) != 1 + 2 * 3 + 4 * 5 + 6 * 7 + 72 || sum == 1;
}
END
printf 'int other(int (*function)(int), int x) { return function(x) + 0 * x; }\n' >"$SCRATCH/other.c"
printf '%s\n' catcher,other,300 main,catcher,300 main,many,1 other,passer,300 passer,thrower,300 >"$SCRATCH/expected"
edges() {
    "$CINSTR" report --edges --csv "$SCRATCH/mixed.pb.gz" | tail -n +2 | grep -v '^[-,[]' |
        sed 's/"\([^"]*\)"/\1/g; s/([^,]*)//g' | cut -d, -f1-3 | sort
}
mixed() { # VERSION HOW-OTHER-IS-COMPILED LINK…
    (cd "$SCRATCH" && rm -f mixed.pb.gz &&
        $2 -fexceptions -g -c other.c -o other.o &&
        "$CINSTR" cc "clang++-$1" "${in_line[@]}" "${@:3}" -Wno-unused-command-line-argument -O2 main.cc -c -o main.o &&
        "$CINSTR" cc "clang++-$1" "${in_line[@]}" "${@:3}" -O2 -Wno-unused-command-line-argument main.o other.o -o mixed &&
        has_it mixed && "$CINSTR" run -q -o mixed.pb.gz ./mixed && "$CINSTR" verify mixed.pb.gz) &&
        edges | diff "$SCRATCH/expected" -
}
small_keeps_calls() { # VERSION
    "$CINSTR" cc "clang-$1" "${in_line[@]}" -Os -c "$SCRATCH/other.c" -o "$SCRATCH/small.o" &&
        ! has_it "$SCRATCH/small.o" && nm "$SCRATCH/small.o" | grep -w __cyg_profile_func_enter
}
# A library that does not link the hooks: the recorder's own stand in for them.
without_hooks() { # VERSION
    (cd "$SCRATCH" && "clang-$1" -{fplugin,fpass-plugin}="$BUILD/cinstr-plugin-$1.so" "${in_line[@]}" -g -O2 -shared -fPIC \
        other.c -o libother.so && nm -D libother.so | grep -w 'U cinstr1_enter_apart' &&
        "$CINSTR" cc "clang++-$1" "${in_line[@]}" -O2 main.cc libother.so -Wl,-rpath,"$SCRATCH" -o mixed &&
        "$CINSTR" run -q -o mixed.pb.gz ./mixed && "$CINSTR" verify mixed.pb.gz) &&
        edges | diff "$SCRATCH/expected" -
}
# The names hold the version: those of another one are not there.
other_version() { # VERSION
    (cd "$SCRATCH" && "$CINSTR" cc "clang-$1" "${in_line[@]}" -O2 -c other.c -o now.o &&
        objcopy --redefine-sym cinstr1_enter_other=cinstr9_enter_other now.o later.o &&
        echo 'int main(void) { return 0; }' >empty.c &&
        ! "$CINSTR" cc "clang-$1" -O2 empty.c later.o -o later 2>err && grep -c 'undefined reference to .cinstr9_' err &&
        [[ $(grep -c 'undefined reference' err) == 1 && ! -e later ]])
}
for version in "${versions[@]}"; do
    here="$CINSTR cc clang-$version"
    check "clang-$version: beside calls of the plugin's hooks" mixed "$version" "$here -O2"
    check "clang-$version: beside entries in line" mixed "$version" "$here ${in_line[*]} -O2"
    check "clang-$version: beside functions that are counted" mixed "$version" "$here -Xclang -mllvm -Xclang -cinstr-count -O2"
    check "clang-$version: beside gcc's hooks" mixed "$version" "gcc -O2 -finstrument-functions"
    check "clang-$version: beside clang's own hooks" mixed "$version" "clang-$version -O2 -finstrument-functions"
    check "clang-$version: with instructions counted" mixed "$version" "$here -O2" -Xclang -mllvm -Xclang -cinstr-instructions
    check "clang-$version: position independent" mixed "$version" "$here -fPIC -O2" -fPIC
    for lto in full thin; do
        has_tool "ld.lld-$version" "clang-$version: $lto link-time optimisation" || continue
        check "clang-$version: $lto link-time optimisation" mixed "$version" "$here -O2 -flto=$lto ${in_line[*]}" \
            -flto=$lto "-fuse-ld=lld-$version"
    done
    check "clang-$version: a library that does not link the hooks" without_hooks "$version"
    check "clang-$version: where small code is asked for, calls stay" small_keeps_calls "$version"
    check "clang-$version: code for another version does not link, in one line" other_version "$version"
done

# --- signals, stacks, threads, forks: programs that count their own edges --------------------------
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"
compiler_in_line() { # VERSION: a compiler for the harness
    printf '#!/bin/sh\nexec clang-%s -fplugin=%s -fpass-plugin=%s %s "$@"\n' "$1" \
        "$BUILD/cinstr-plugin-$1.so"{,} "${in_line[*]}" >"$SCRATCH/in-line-$1" && chmod +x "$SCRATCH/in-line-$1"
}
exact_in_line() { # VERSION NAME PROCESSES ARGUMENTS…
    exact "$SCRATCH/in-line-$1" "${@:2}" && has_it "$SCRATCH/$2"
}
check "the checker builds" harness_build || finish
for version in "${versions[@]}"; do
    check "clang-$version: a compiler for what follows" compiler_in_line "$version"
    check "clang-$version: longjmps and siglongjmps out of handlers" exact_in_line "$version" jumps 1 100000
    check "clang-$version: the same with timing=adaptive" \
        eval 'EXTRA_OPTIONS=:timing=adaptive exact_in_line $version jumps 1 100000'
    check "clang-$version: coroutines, some unfinished, on reused memory" exact_in_line "$version" coroutines 1 10000
    check "clang-$version: handlers on the alternate stack that interrupt coroutines" \
        exact_in_line "$version" altstack_coroutines 1
    check "clang-$version: callbacks of several callers through one call site" exact_in_line "$version" callbacks 1
    check "clang-$version: recursion 50,000 deep" exact_in_line "$version" recursion 1 50000
    check "clang-$version: fork" exact_in_line "$version" forks 21 fork 0 20
done

# --- real programs: as the plugin's calls have it ----------------------------------------------------
# Under the same name: Lua's collector works by the length of its arguments too.
same_counts() { # PROGRAM VERSION
    local kind
    for kind in plugin plugin-inline; do
        mkdir -p "$SCRATCH/$kind" && rm -f "$SCRATCH/$kind/p.pb.gz"
        real_build "$1" "clang-$2" $kind "$SCRATCH/$kind/$1" "${LINK_CINSTR[@]}" &&
            (cd "$SCRATCH/$kind" && CINSTR_OPTIONS=output=../p.pb.gz real_run "$1" test "./$1" >out) &&
            mv "$SCRATCH/p.pb.gz" "$SCRATCH/$kind" && "$CINSTR" verify "$SCRATCH/$kind/p.pb.gz" &&
            "$CINSTR" report --edges --csv "$SCRATCH/$kind/p.pb.gz" | sed 's/([^)]*)//g' | cut -d, -f1-3 |
            sort >"$SCRATCH/$kind/edges" || return
    done
    has_it "$SCRATCH/plugin-inline/$1" && ! has_it "$SCRATCH/plugin/$1" && cmp "$SCRATCH"/plugin{,-inline}/out &&
        diff "$SCRATCH"/plugin{,-inline}/edges && [[ $(wc -l <"$SCRATCH/plugin/edges") -gt 500 ]]
}
for version in "${versions[@]}"; do
    check "lua by clang-$version: every edge has the count of the plugin's calls" same_counts lua "$version"
done

# --- what it is for ------------------------------------------------------------------------------
fewer_instructions() {
    local calls inline
    "$CINSTR" cc clang-14 -O2 -pthread "$TOP/bench/micro.c" -o "$SCRATCH/micro" &&
        calls=$("$TOP/bench/instructions" "$SCRATCH/micro" leaf) &&
        "$CINSTR" cc clang-14 "${in_line[@]}" -O2 -pthread "$TOP/bench/micro.c" -o "$SCRATCH/micro" &&
        inline=$("$TOP/bench/instructions" "$SCRATCH/micro" leaf) && echo "$inline instructions, $calls by calls" &&
        awk "BEGIN { exit !($inline > 20 && $inline <= $calls - 8) }"
}
check "a pair has at least 8 instructions less than by calls" fewer_instructions
finish
