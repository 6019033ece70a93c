#!/bin/bash
# SPDX-License-Identifier: MIT
# The LLVM plugin, under each clang that has one. Every edge is exact where clang's own hooks lose exits when
# a call is unwound. Functions and counts are those of clang's hooks after inlining. No hook is where none may
# be. `cinstr cc` uses the plugin by default. The truth: truth programs count their own edges; real programs
# are also built with the counting hook.
# Not commands: clang
# shellcheck disable=SC2317,SC2016
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/real/programs.sh
. "$TOP/tests/real/programs.sh"
# shellcheck source=tests/real/edges.sh
. "$TOP/tests/real/edges.sh"
# shellcheck source=tests/programs/thrown.sh
. "$TOP/tests/programs/thrown.sh"
export BUILD

find_plugins "the plugin"

with_plugin() { # VERSION ARGUMENTS…: runs clang with the plugin; the language is in the arguments
    "clang-$1" -finstrument-functions-after-inlining {-fplugin,-fpass-plugin}="$BUILD/cinstr-plugin-$1.so" "${@:2}"
}

# --- truth programs: all functions, and those left after inlining ----------------------------------
truth_by_plugin "before inlining" TRUTH_SEEDS="${PLUGIN_SEEDS:-5}"
# Tail calls must not become loops, which would be fewer calls than the programs count.
truth_by_plugin "after inlining" TRUTH_SEEDS="${PLUGIN_SEEDS:-7}" TRUTH_OPTIONS="--without inlining" \
    TRUTH_HOOKS="-finstrument-functions-after-inlining -fno-inline -fno-optimize-sibling-calls"
# --- the list and its options: how a function is recorded changes no edge --------------------------
printf '%s\n' '# some of each' 'count fun:*[02468]' 'count fun:*f[0-9]*[13579]*v' 'time fun:f2' \
    'skip src:*/nowhere/*' >"$SCRATCH/list"
for option in "-cinstr-list=$SCRATCH/list" -cinstr-count -cinstr-count-leaves=40; do
    truth_by_plugin "${option%=*}" TRUTH_SEEDS="${PLUGIN_SEEDS:-4}" TRUTH_LEVELS="0 2" \
        TRUTH_HOOKS="-finstrument-functions -Xclang -mllvm -Xclang $option"
done
cat >"$SCRATCH/chosen.c" <<'END'
#define KEPT __attribute__((noinline))
static volatile int sink;
KEPT static int leaf(int x) { return sink = x; }
KEPT static int timed(int x) { return leaf(x) + 1; }
KEPT static int counted(int x) { return timed(x) + 1; }
KEPT static int skipped(int x) { return timed(x) + 1; }
int main(void) { for (int i = 0; i < 1000; i++) sink = counted(i) + skipped(i); return 0; }
END
listed() { # VERSION LIST: builds and runs chosen.c; chosen.csv has its edges
    printf '%b' "$2" >"$SCRATCH/chosen.list" && (cd "$SCRATCH" && rm -f chosen.pb.gz &&
        "$CINSTR" cc "clang-$1" -Xclang -mllvm -Xclang -cinstr-list=chosen.list -O2 chosen.c -o chosen &&
        "$CINSTR" run -q -o chosen.pb.gz ./chosen && "$CINSTR" verify chosen.pb.gz &&
        "$CINSTR" report --edges --csv chosen.pb.gz | cut -d, -f1-3 | grep '^[a-z]' | tail -n +2 | sort >chosen.csv)
}
counted_edges() { # VERSION
    listed "$1" 'count fun:counted\nskip fun:skip*\ncount fun:leaf\n' && diff "$SCRATCH/chosen.csv" - <<'END'
counted,timed,1000
main,counted,1000
main,timed,1000
timed,leaf,2000
END
}
# In counted_edges() 2,000 calls of leaf are counted, and 1,000 of counted.
says_what_is_untimed() { # VERSION
    counted_edges "$1" && "$CINSTR" report --verbose "$SCRATCH/chosen.pb.gz" >"$SCRATCH/report" &&
        grep -q "^note  *untimed: 3000 calls were counted, not timed; their time is in their callers'$" "$SCRATCH/report"
}
says_that_nothing_is_timed() { # VERSION
    listed "$1" 'count fun:*\n' && "$CINSTR" report "$SCRATCH/chosen.pb.gz" >"$SCRATCH/report" &&
        grep -q '^warning  *no times: every call was counted, none was timed$' "$SCRATCH/report" &&
        ! "$CINSTR" report --verbose "$SCRATCH/chosen.pb.gz" | has '^note  *probes: ' && grep -q '^ *2,000 .* 2,000 .*  leaf' "$SCRATCH/report"
}
last_rule_wins() { # VERSION
    listed "$1" 'skip src:*chosen.c\ntime fun:main\n\ntime fun:leaf\n' &&
        [[ $(<"$SCRATCH/chosen.csv") == main,leaf,2000 ]]
}
# Here the annotations in chosen.c choose as the list in counted_edges() does, until a list overrules them. A
# function that was inlined everywhere does not stay in the program because it is annotated.
annotated() { # VERSION
    local plain=$SCRATCH/chosen.plain.c
    cp "$SCRATCH/chosen.c" "$plain"
    { echo '#include <cinstr.h>' && sed -E 's/^KEPT static int (leaf|counted)/CINSTR_COUNT &/; s/^KEPT static int skipped/CINSTR_SKIP &/
        s/^int main/static CINSTR_TIME int inlined(int x) { return x + 1; }\n&/; s/counted\(i\)/inlined(&)/' "$plain"; } >"$SCRATCH/chosen.c"
    CPATH=$TOP/include listed "$1" '' && cp "$SCRATCH/chosen.csv" "$SCRATCH/annotated.csv" && ! nm "$SCRATCH/chosen" | grep -w inlined &&
        CPATH=$TOP/include listed "$1" 'skip fun:counted\n' && cp "$SCRATCH/chosen.csv" "$SCRATCH/overruled.csv"
    local status=$?
    mv "$plain" "$SCRATCH/chosen.c"
    ((status == 0)) && diff "$SCRATCH/annotated.csv" - <<'END' && has 'main,timed,2000' <"$SCRATCH/overruled.csv"
counted,timed,1000
main,counted,1000
main,timed,1000
timed,leaf,2000
END
}
unknown_annotation() { # VERSION
    printf '__attribute__((annotate("cinstr:cuont"))) int f(int x) { return x; }\n' >"$SCRATCH/unknown.c"
    ! "$CINSTR" cc "clang-$1" -O2 -c "$SCRATCH/unknown.c" -o "$SCRATCH/unknown.o" 2>"$SCRATCH/err" &&
        grep 'error: cinstr: f: unknown annotation cinstr:cuont (use time, count or skip)' "$SCRATCH/err"
}
refused() { # VERSION LIST PATTERN
    printf '%b' "$2" >"$SCRATCH/chosen.list"
    ! "$CINSTR" cc "clang-$1" -Xclang -mllvm -Xclang "-cinstr-list=$SCRATCH/chosen.list" -c "$SCRATCH/chosen.c" \
        -o "$SCRATCH/chosen.o" 2>"$SCRATCH/err" && grep -q "error: cinstr: .*chosen.list$3" "$SCRATCH/err"
}
for version in "${versions[@]}"; do
    check "clang-$version: the list counts and skips functions" counted_edges "$version"
    check "clang-$version: the report says how many calls were counted without times" says_what_is_untimed "$version"
    check "clang-$version: if all were, the report states no times" says_that_nothing_is_timed "$version"
    check "clang-$version: the last line of a list that matches decides" last_rule_wins "$version"
    check "clang-$version: annotations choose, and the list overrules them" annotated "$version"
    check "clang-$version: an unknown annotation is refused" unknown_annotation "$version"
    check "clang-$version: an unknown word in a list is refused" refused "$version" '\ncuont fun:f\n' ':2: must begin with'
    check "clang-$version: a list that does not exist is refused" eval \
        'rm -f "$SCRATCH/chosen.list" && ! "$CINSTR" cc clang-$version -Xclang -mllvm -Xclang \
            "-cinstr-list=$SCRATCH/chosen.list" -c "$SCRATCH/chosen.c" -o "$SCRATCH/chosen.o" 2>"$SCRATCH/err" &&
            grep -q "cannot read .*chosen.list: No such file" "$SCRATCH/err"'
done

# --- real programs ---------------------------------------------------------------------------------
# calls KIND PROGRAM: the calls of each function, by its symbol.
calls() {
    "$REAL_HERE/name-edges" "$SCRATCH/$1/$2" <"$SCRATCH/$1/edges" |
        awk '{ calls[$1] += $3 } END { for (name in calls) print name, calls[name] }' | sort
}
same_as_clang() { # PROGRAM COMPILER
    local hook
    hook=$(real_count_hook) && real_build "$1" "$2" hooks-after "$SCRATCH/clang/$1" "$hook" &&
        real_build "$1" "$2" plugin-hooks "$SCRATCH/counted/$1" "$hook" && edges_count clang "$1" &&
        edges_count counted "$1" && cmp "$SCRATCH/clang/out" "$SCRATCH/counted/out" &&
        calls clang "$1" >"$SCRATCH/expected" && calls counted "$1" >"$SCRATCH/actual" &&
        [[ -s $SCRATCH/expected ]] && diff "$SCRATCH/expected" "$SCRATCH/actual"
}
for version in "${versions[@]}"; do
    for program in ${PROGRAMS:-lua json}; do
        name="$program by clang-$version"
        check "$name: each function has the calls of clang's hooks after inlining" \
            same_as_clang "$program" "clang-$version"
        [[ $program != json ]] || check "$name: each entry has its exit" edges_balanced "$SCRATCH/counted/edges"
        check "$name, hooks: every call site has the count of the counting hook" \
            edges_as_counted "$program" "clang-$version" plugin-hooks
        check "$name, slots: every caller and callee have the count of the counting hook" \
            edges_as_counted "$program" "clang-$version" plugin by-function
    done
done

# --- functions that must have no hook --------------------------------------------------------------
cat >"$SCRATCH/choice.c" <<'END'
typedef void function(void);
__attribute__((naked)) void is_naked(void) { __asm__("ret"); }
__attribute__((no_instrument_function)) int is_quiet(int x) { return x; }
static function *resolve(void) { return (function *)0; }
void resolved(void) __attribute__((ifunc("resolve")));
__attribute__((target("general-regs-only"))) void has_few_registers(void) {}
__attribute__((interrupt)) void is_interrupt(void *frame) { (void)frame; }
extern inline __attribute__((gnu_inline)) int is_elsewhere(int x) { return x + 1; }
int user(int x) { return is_elsewhere(x); }
int plain(int x) { return x; }
END
recorded() { # VERSION ARGUMENTS…: the functions with the plugin's code
    with_plugin "$@" -w -S -emit-llvm "$SCRATCH/choice.c" -o - |
        awk '/^define/ { sub(/\(.*/, ""); sub(/.*@/, ""); name = $0 }
            /call.*(__cyg_profile_func_enter|cinstr1_enter_place)/ { print name }' | sort | tr '\n' ' '
}
quiet_file() { # no function in it is marked, so none is instrumented
    printf '__attribute__((no_instrument_function)) int f(int x) { return x; }\n' >"$SCRATCH/quiet.c"
    "$CINSTR" cc "clang-$1" -c "$SCRATCH/quiet.c" -o "$SCRATCH/quiet.o" && ! nm "$SCRATCH/quiet.o" | grep -E "cyg_profile|cinstr"
}
for version in "${versions[@]}"; do
    for level in -O0 -O2; do
        check "clang-$version $level: all functions that may have the plugin's code have it, and no other" \
            diff <(echo "plain user ") <(recorded "$version" $level && echo)
        check "clang-$version $level: with -cinstr-hooks they have hooks instead" diff <(echo "plain user ") \
            <(recorded "$version" $level -Xclang -mllvm -Xclang -cinstr-hooks && echo)
    done
    check "clang-$version: a file whose functions are not to be instrumented has no code of the plugin" quiet_file "$version"
    check "clang-$version: the plugin without cinstr cc instruments all functions" eval \
        '"clang-$version" "-fpass-plugin=$BUILD/cinstr-plugin-$version.so" -S "$SCRATCH/quiet.c" -o - | has cinstr1_enter_place'
done

# --- C++: exceptions, inlining, link-time optimisation, mixed hooks --------------------------------
for version in "${versions[@]}"; do
    clang="$CINSTR cc clang-$version"
    for level in -O0 -O1 -O2 -O3; do
        check "clang-$version $level: cinstr cc records exactly through exceptions" thrown "$clang $level" "$clang $level"
    done
    check "clang-$version: exact together with gcc's hooks in one program" thrown "gcc -O2 -finstrument-functions" "$clang -O2"
    check "clang-$version: exact together with clang's own hooks in one program" \
        thrown "clang-$version -O2 -finstrument-functions" "$clang -O2"
    for lto in full thin; do
        has_tool "ld.lld-$version" "clang-$version: $lto link-time optimisation" || continue
        check "clang-$version: exact with $lto link-time optimisation" thrown "$clang -O2 -flto=$lto" \
            "$clang -O2 -flto=$lto -fuse-ld=lld-$version -Wno-unused-command-line-argument"
    done
    check "clang-$version: exact with position-independent code" thrown "$clang -O2 -fPIC" "$clang -O2 -fPIC"
    check "clang-$version: exact with hooks before inlining in C++" thrown_before "$clang -O2" \
        "$CINSTR cc --before-inlining clang-$version -O2"
done
finish
