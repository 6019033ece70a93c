#!/bin/bash
# SPDX-License-Identifier: MIT
# gcc's plugin, under each gcc that has one. Every edge is exact after inlining, through exceptions, jumps and
# link-time optimisation, and together with other hooks in one program. No hook is where none may be. Output,
# lines and warnings are those of a build without the plugin. The truth: truth programs count their own edges;
# real programs are also built with the counting hook.
# Not commands: clang
# shellcheck disable=SC2317,SC2016
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/real/programs.sh
. "$TOP/tests/real/programs.sh"
# shellcheck source=tests/real/edges.sh
. "$TOP/tests/real/edges.sh"
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"
# shellcheck source=tests/programs/thrown.sh
. "$TOP/tests/programs/thrown.sh"
export BUILD

versions=()
for version in 11 12; do
    has_tool "gcc-$version" "the plugin for gcc $version" || continue
    plugin=$BUILD/cinstr_gcc_plugin_$("gcc-$version" -dumpfullversion).so
    [[ -f $plugin ]] || { fail "the plugin for gcc $version" "it was not built: scripts/install-deps test" && continue; }
    versions+=("$version")
done
((${#versions[@]})) || finish
newest=${versions[-1]}

# --- truth programs --------------------------------------------------------------------------------
# Without inlining and without tail calls, the programs know all their calls.
kept="-finstrument-functions -fno-inline -fno-optimize-sibling-calls"
plugins=$(printf 'gcc-%s+plugin ' "${versions[@]}")
truth_by_gcc() { # NAME ENVIRONMENT…
    relay "$1" gcc env TRUTH_COMPILERS="$plugins" TRUTH_OPTIONS="--without inlining" "${@:2}" "$TOP/tests/e2e/truth.sh"
}
truth_by_gcc "after inlining" TRUTH_HOOKS="$kept" TRUTH_SEEDS="${PLUGIN_SEEDS:-7 8}"
truth_by_gcc "link-time optimisation" TRUTH_HOOKS="$kept -flto" TRUTH_SEEDS="${PLUGIN_SEEDS:-9}" TRUTH_LEVELS="0 2"
check "the checker builds" harness_build || finish
control_flow() { # PROGRAM PROCESSES ARGUMENTS…
    exact "gcc-$newest+plugin" "$@"
}
check "jumps, and siglongjmps out of handlers, are exact" control_flow jumps 1 100000
check "callbacks of several callers through one call site are exact" control_flow callbacks 1
check "coroutines, some unfinished, on reused memory are exact" control_flow coroutines 1 1000
check "handlers on the alternate stack that interrupt coroutines are exact" control_flow altstack_coroutines 1
check "recursion 50,000 deep is exact" control_flow recursion 1 50000
check "thread-specific data destructors are exact" control_flow tls_destructors 1
check "each process after fork has its own calls" control_flow forks 21 fork 0 20

# --- features that few programs use ----------------------------------------------------------------
with_plugin() { # VERSION ARGUMENTS…
    "gcc-$1" -finstrument-functions "-fplugin=$BUILD/cinstr_gcc_plugin_$("gcc-$1" -dumpfullversion).so" "${@:2}"
}
few_use() { # VERSION OPTIONS…
    cd "$SCRATCH" && "gcc-$1" "${@:2}" "$TOP/tests/programs/gcc_only.c" -o plain && ./plain >plain.out &&
        with_plugin "$@" "$TOP/tests/programs/gcc_only.c" "${LINK_CINSTR[@]}" -o only &&
        "$CINSTR" run -q -o only.pb.gz ./only >only.out && cmp plain.out only.out && "$CINSTR" verify only.pb.gz &&
        "$CINSTR" report --edges --csv only.pb.gz | cut -d, -f1-3 | grep '^[a-z]' | tail -n +2 | sed 's/\.[0-9]*,/,/g' |
        sort >only.edges && diff only.edges - <<'END'
each,nested,55
ender,leaf,1
ends_in_call,leaf,10
grower,leaf,10
interpreter,leaf,20
jumper,leaf,10
main,ender,1
main,ends_in_call,10
main,first_twin,10
main,grower,10
main,interpreter,10
main,outer,10
main,second_twin,10
main,setter,10
nested,leaf,45
outer,each,10
setter,jumper,10
END
}
for version in "${versions[@]}"; do
    for options in -O0 -O1 -O2 -O3 -Os -Og "-O2 -fPIC" "-O2 -flto" "-O2 -fexceptions -fnon-call-exceptions"; do
        # shellcheck disable=SC2086
        check "gcc-$version $options: nested functions, jumps of each kind, tail calls and identical functions are exact" few_use "$version" $options
    done
done

# --- real programs ---------------------------------------------------------------------------------
counted() { # PROGRAM COMPILER: the plain program's output, and edges for edges_as_counted
    local hook
    hook=$(real_count_hook) && real_build "$1" "$2" plain "$SCRATCH/plain.d/$1" &&
        real_build "$1" "$2" plugin "$SCRATCH/counted/$1" "$hook" &&
        (cd "$SCRATCH/plain.d" && real_run "$1" test "./$1" >out) && edges_count counted "$1" &&
        cmp "$SCRATCH"/{plain.d,counted}/out
}
for version in "${versions[@]}"; do
    for program in $([[ $version != "$newest" ]] || echo lua) json; do
        name="$program by gcc-$version"
        check "$name: the output is that of the plain program" counted "$program" "gcc-$version"
        [[ $program == lua ]] || check "$name: each entry has its exit" edges_balanced "$SCRATCH/counted/edges"
        check "$name: every edge has the count of the counting hook" edges_as_counted "$program" "gcc-$version" plugin
    done
done

# --- which functions get hooks ---------------------------------------------------------------------
cat >"$SCRATCH/choice.c" <<'END'
typedef void function(void);
__attribute__((naked)) void is_naked(void) { __asm__("ret"); }
__attribute__((no_instrument_function)) int is_quiet(int x) { return x; }
static function *resolve(void) { return (function *)0; }
void resolved(void) __attribute__((ifunc("resolve")));
__attribute__((interrupt, target("general-regs-only"))) void is_interrupt(void *frame) { (void)frame; }
extern inline __attribute__((gnu_inline)) int is_elsewhere(int x) { return x + 1; }
static inline int inlined(int x) { return x + 1; }
int user(int x) { return is_elsewhere(x) + inlined(x); }
int plain(int x) { return x; }
END
hooked() { # VERSION ARGUMENTS…: the functions that call the entry hook
    with_plugin "$1" -w -S "${@:2}" -o - |
        awk '/^[a-z_0-9.]+:/ { sub(":", ""); name = $0 } /call.*__cyg_profile_func_enter/ { print name }' | sort | tr '\n' ' '
}
has_hooks() { # EXPECTED VERSION ARGUMENTS…
    diff <(echo "$1") <(hooked "${@:2}" && echo)
}
not_twice() { # VERSION: gcc's own hooks are not added as well
    with_plugin "$1" -O0 -S "$SCRATCH/choice.c" -w -o - | awk '/call.*func_enter/ { n++ } END { exit n != 3 }'
}
# With link-time optimisation, each function goes by the options that its own file was compiled with.
late() { # VERSION
    cd "$SCRATCH" && printf 'int quiet(int x) { return x + 1; }\n' >quiet.c &&
        printf 'int quiet(int);\n__attribute__((noipa)) static int told(int x) { return quiet(x); }\nint main(void) { return told(-1); }\n' >told.c &&
        "$CINSTR" cc "gcc-$1" -O2 -flto -fno-inline -fno-instrument-functions -c quiet.c -o quiet.o &&
        "$CINSTR" cc "gcc-$1" -O2 -flto -c told.c -o told.o && "$CINSTR" cc "gcc-$1" -O2 -flto -fno-inline quiet.o told.o -o late &&
        "$CINSTR" run -q -o late.pb.gz ./late && "$CINSTR" report --csv late.pb.gz | cut -d, -f1 | sort | diff - <(printf '%s\n' function '[libc.so.6]' main told | sort)
}
for version in "${versions[@]}"; do
    check "gcc-$version -O0: hooks are in all functions that may have them, and in no other" has_hooks "inlined plain user " "$version" -O0 "$SCRATCH/choice.c"
    check "gcc-$version -O2: hooks are in all functions that may have them, and in no other" has_hooks "plain user " "$version" -O2 "$SCRATCH/choice.c"
    check "gcc-$version -O0: each function has one entry hook" not_twice "$version"
    check "gcc-$version: functions can be left out by name" has_hooks "plain " "$version" -O2 \
        -finstrument-functions-exclude-function-list=use,other "$SCRATCH/choice.c"
    check "gcc-$version: functions can be left out by file" has_hooks "" "$version" -O2 \
        -finstrument-functions-exclude-file-list=/nowhere,choice. "$SCRATCH/choice.c"
    check "gcc-$version: -fno-instrument-functions has precedence" has_hooks "" "$version" -O2 -fno-instrument-functions "$SCRATCH/choice.c"
    check "gcc-$version: with link-time optimisation, hooks go by each file's own options" late "$version"
done

# --- C++: exceptions, inlining, link-time optimisation, mixed hooks --------------------------------
for version in "${versions[@]}"; do
    gcc="$CINSTR cc gcc-$version"
    for options in -O0 -O1 -O2 -O3 "-O2 -flto" "-O2 -fPIC"; do
        check "gcc-$version $options: cinstr cc records exactly through exceptions" thrown "$gcc $options" "$gcc $options"
    done
    check "gcc-$version: exact together with gcc's own hooks in one program" thrown "gcc -O2 -finstrument-functions" "$gcc -O2"
done
[[ ! -f $BUILD/cinstr-plugin-14.so ]] ||
    check "gcc's plugin and clang's are exact in one program" thrown "$CINSTR cc clang-14 -O2" "$CINSTR cc gcc-$newest -O2"

# --- lines and warnings are those of a build without the plugin ------------------------------------
breakpoints() { # PROGRAM: the lines where a debugger stops in its functions
    gdb -nx -batch -ex 'rbreak gcc_only.c:.' "$1" 2>/dev/null | grep -o 'file .*line [0-9]*'
}
# The plugin keeps gcc from merging functions with the same code, so the plain build does not merge them
# either.
same_lines() { # VERSION LEVEL
    cd "$SCRATCH" && "gcc-$1" "$2" -fno-ipa-icf -g "$TOP/tests/programs/gcc_only.c" -o plain &&
        with_plugin "$1" "$2" -g "$TOP/tests/programs/gcc_only.c" "${LINK_CINSTR[@]}" -o only &&
        breakpoints plain >plain.lines && breakpoints only >only.lines && (($(wc -l <plain.lines) > 9)) && diff plain.lines only.lines
}
cat >"$SCRATCH/warned.c" <<'END'
#include <stdio.h>
#include <string.h>
static int unused(int x) { return x; }
int falls_off(int x) { if (x) return 1; }
int unset(int x) { int y; if (x > 2) y = 3; return y; }
int beyond(void) { char a[4]; strcpy(a, "longer than that"); return a[0]; }
int formats(long x) { return printf("%d\n", x); }
int null(void) { int *p = 0; return *p; }
_Noreturn void returns(void) { }
int *gone(void) { int x; return &x; }
END
same_warnings() { # VERSION LEVEL
    cd "$SCRATCH" && "gcc-$1" "$2" -Wall -Wextra -Wnull-dereference -Wmissing-noreturn -c warned.c -o w.o 2>plain.err
    with_plugin "$1" "$2" -Wall -Wextra -Wnull-dereference -Wmissing-noreturn -c warned.c -o w.o 2>plugin.err
    (($(grep -c warning: plain.err) > 3)) && diff plain.err plugin.err
}
for version in "${versions[@]}"; do
    for level in -O0 -O2; do
        check "gcc-$version $level: a debugger stops at the same lines as in the plain build" same_lines "$version" "$level"
        check "gcc-$version $level: the warnings are those of the plain build" same_warnings "$version" "$level"
    done
done
finish
