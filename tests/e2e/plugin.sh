#!/bin/bash
# SPDX-License-Identifier: MIT
# The LLVM plugin, under each clang that has one: every edge exact where clang's own hooks lose the
# exits on unwinding; the same functions and counts as clang's hooks after inlining; nothing put
# where no hook may be; `cinstr cc` takes it by itself. Truth programs count their own edges, real
# programs have the counting hook beside them.
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

with_plugin() { # VERSION ARGUMENTS…: clang with the plugin; the language is in the arguments
    "clang-$1" -finstrument-functions-after-inlining {-fplugin,-fpass-plugin}="$BUILD/cinstr-plugin-$1.so" "${@:2}"
}

# --- truth programs: all functions, and those left after inlining ----------------------------------
truth_by_plugin "before inlining" TRUTH_SEEDS="${PLUGIN_SEEDS:-5}"
# No call may become a loop.
truth_by_plugin "after inlining" TRUTH_SEEDS="${PLUGIN_SEEDS:-7}" TRUTH_OPTIONS="--without inlining" \
    TRUTH_HOOKS="-finstrument-functions-after-inlining -fno-inline -fno-optimize-sibling-calls"
# --- the list and its options: what is paid for each function changes no edge ----------------------
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
listed() { # VERSION LIST: chosen.c, built and run; its functions are in chosen.csv
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
# counted_edges() has counted 2,000 calls of leaf, and 1,000 of counted itself.
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
# chosen.c with the choice in the source: as by the list of counted_edges(), until a list says else. What
# was inlined everywhere is not kept for its annotation's sake.
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
    check "clang-$version: functions counted and skipped by list" counted_edges "$version"
    check "clang-$version: calls that are counted alone are said to have no time" says_what_is_untimed "$version"
    check "clang-$version: where all are, no time is stated" says_that_nothing_is_timed "$version"
    check "clang-$version: the last line that fits decides" last_rule_wins "$version"
    check "clang-$version: annotations choose, and the list has the last word" annotated "$version"
    check "clang-$version: an annotation that says nothing is refused" unknown_annotation "$version"
    check "clang-$version: a line that says nothing is refused" refused "$version" '\ncuont fun:f\n' ':2: must begin with'
    check "clang-$version: a list that is not there is refused" eval \
        'rm -f "$SCRATCH/chosen.list" && ! "$CINSTR" cc clang-$version -Xclang -mllvm -Xclang \
            "-cinstr-list=$SCRATCH/chosen.list" -c "$SCRATCH/chosen.c" -o "$SCRATCH/chosen.o" 2>"$SCRATCH/err" &&
            grep -q "cannot read .*chosen.list: No such file" "$SCRATCH/err"'
done

# --- real programs ---------------------------------------------------------------------------------
# calls KIND PROGRAM: the calls of each function, by symbol.
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
        check "$name: each function has the count of clang's hooks after inlining" \
            same_as_clang "$program" "clang-$version"
        [[ $program != json ]] || check "$name: each call has its exit" edges_balanced "$SCRATCH/counted/edges"
        check "$name: every edge has the counting hook's count" edges_as_counted "$program" "clang-$version"
    done
done

# --- what must have no hook ------------------------------------------------------------------------
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
quiet_file() { # nothing is marked in it: nothing is instrumented
    printf '__attribute__((no_instrument_function)) int f(int x) { return x; }\n' >"$SCRATCH/quiet.c"
    "$CINSTR" cc "clang-$1" -c "$SCRATCH/quiet.c" -o "$SCRATCH/quiet.o" && ! nm "$SCRATCH/quiet.o" | grep -E "cyg_profile|cinstr"
}
for version in "${versions[@]}"; do
    for level in -O0 -O2; do
        check "clang-$version $level: code where it may be and nowhere else" \
            diff <(echo "plain user ") <(recorded "$version" $level && echo)
        check "clang-$version $level: so are hooks" diff <(echo "plain user ") \
            <(recorded "$version" $level -Xclang -mllvm -Xclang -cinstr-hooks && echo)
    done
    check "clang-$version: a file without marked functions has no code of the plugin" quiet_file "$version"
    check "clang-$version: the plugin alone instruments all" eval \
        '"clang-$version" "-fpass-plugin=$BUILD/cinstr-plugin-$version.so" -S "$SCRATCH/quiet.c" -o - | has cinstr1_enter_place'
done

# --- C++: what is thrown, inlined, linked late, mixed ----------------------------------------------
for version in "${versions[@]}"; do
    clang="$CINSTR cc clang-$version"
    for level in -O0 -O1 -O2 -O3; do
        check "clang-$version $level: exact through exceptions, by cinstr cc" thrown "$clang $level" "$clang $level"
    done
    check "clang-$version and gcc's hooks in one program" thrown "gcc -O2 -finstrument-functions" "$clang -O2"
    check "clang-$version and clang's own hooks in one program" \
        thrown "clang-$version -O2 -finstrument-functions" "$clang -O2"
    for lto in full thin; do
        has_tool "ld.lld-$version" "clang-$version: $lto link-time optimisation" || continue
        check "clang-$version: $lto link-time optimisation" thrown "$clang -O2 -flto=$lto" \
            "$clang -O2 -flto=$lto -fuse-ld=lld-$version -Wno-unused-command-line-argument"
    done
    check "clang-$version: position independent" thrown "$clang -O2 -fPIC" "$clang -O2 -fPIC"
    check "clang-$version: before inlining, C++ links and is exact" thrown_before "$clang -O2" \
        "$CINSTR cc --before-inlining clang-$version -O2"
done
finish
