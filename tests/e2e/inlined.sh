#!/bin/bash
# SPDX-License-Identifier: MIT
# Inlined calls, counted by the plugin (-cinstr-inlined), under each clang that has one. Each function has the
# calls that random programs count themselves, and in real programs those that a counting hook counts that was
# put in before inlining. Functions that were inlined everywhere are there, with the lines through which they
# were inlined, in pprof too, and for a process that ended, runs, or was killed.
# shellcheck disable=SC2317,SC2016
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/real/programs.sh
. "$TOP/tests/real/programs.sh"
export BUILD
cd "$SCRATCH" || exit 1

find_plugins "inlined calls" ${INLINED_VERSIONS:-}

# --- programs that count their own calls -----------------------------------------------------------
truth_by_plugin "inlined" TRUTH_PROMISE=functions TRUTH_SEEDS="${INLINED_SEEDS:-11 12}" TRUTH_LEVELS="1 2 3" \
    TRUTH_HOOKS="-finstrument-functions-after-inlining -Xclang -mllvm -Xclang -cinstr-inlined"

# --- a program whose lines are known ---------------------------------------------------------------
cat >chain.c <<'END'
#include <unistd.h>
static volatile int sink;
static int g(int x) { return x * 3 + sink; }
static int h(int x) {
    return g(x) + 1;
}
__attribute__((noinline)) static int f(int x) {
    int y = h(x);
    return y + h(x + 1);
}
static int loop(int n) { sink++; return n == 0 ? 0 : loop(n - 1); }
__attribute__((noinline)) int work(int x) {
    for (int i = 0; i < 1000; i++)
        sink = f(i);
    return loop(x + 9) + g(1);
}
#ifndef LIBRARY
int main(int argc, char **argv) {
    char result = (char)work(1);
    if (argc > 1) {
        write(1, "ready\n", 6);
        read(0, &result, 1);
    }
    return argv == 0;
}
#endif
END
printf '%s\n' 'f 1000' 'g 2001' 'h 2000' 'loop 11' 'main 1' 'work 1' >expected

calls() { # PROFILE: the calls of each function
    "$CINSTR" report --csv "$1" | awk -F, 'NR > 1 && $1 !~ /^\[/ && $2 > 0 { print $1, $2 }' | sort
}
ran() { # PROGRAM: runs it, which writes a.pb.gz
    rm -f a.pb.gz && "$CINSTR" run -q -o a.pb.gz "$@" && "$CINSTR" verify -q a.pb.gz
}
built() { # VERSION OPTIONS…
    rm -f chain && "$CINSTR" cc --inlined "clang-$1" "${@:2}" chain.c -o chain
}
counted() { # VERSION OPTIONS…
    built "$@" && ran ./chain && calls a.pb.gz | diff expected -
}
# pprof's stacks, one a line, innermost first: `calls function:line`, with * if inlined.
stacks() {
    go tool pprof -traces -lines -sample_index=calls "$1" 2>pprof.err | awk '
        /^-----/ { if (stack != "") print stack; stack = ""; next }
        match($0, /chain\.c:[0-9]+/) {
            line = substr($0, RSTART + 8, RLENGTH - 8)
            frame = (stack == "" ? $1 " " $2 : " " $1) ":" line ($0 ~ /\(inline\)/ ? "*" : "")
            stack = stack frame
        }' | sort
}
# Which line of a loop calls is up to the optimiser: stacks with loop() are left out.
chains() { # VERSION OPTIONS…
    built "$@" && ran ./chain && stacks a.pb.gz | grep -v loop | diff - <(sort <<'END'
1 g:3* work:15 main:19
1 main:18
1 work:12 main:19
1000 f:7 work:14 main:19
1000 g:3* h:5* f:8 work:14 main:19
1000 g:3* h:5* f:9 work:14 main:19
1000 h:4* f:8 work:14 main:19
1000 h:4* f:9 work:14 main:19
END
    )
}
gone() { # VERSION: neither g nor h has code of its own
    counted "$1" -O2 && ! nm chain | grep ' [tT] [gh]$'
}
pprof_shows() { # PATTERN OPTION…
    go tool pprof "${@:2}" -sample_index=calls a.pb.gz >pprof.out 2>pprof.err && grep -q "$1" pprof.out
}
views() {
    pprof_shows '^ *2001 .* g (inline)$' -top && pprof_shows '^ *2000 .* | *h (inline)$' -peek '^g$' &&
        pprof_shows '^ *2001 *2001 .* 3:static int g' -list '^g$' && "$CINSTR" report --verbose a.pb.gz >reported &&
        grep -q ' 2,001 .*  g  chain.c:3$' reported &&
        grep -q "note  *untimed: 4012 calls were counted, not timed; their time is in their callers'" reported &&
        "$CINSTR" report --edges --csv a.pb.gz | has '^h,g,2000,'
}
listed() { # VERSION LIST WITHOUT: the list leaves out the calls of the function WITHOUT
    printf '%b' "$2" >list && "$CINSTR" cc --inlined "clang-$1" -Xclang -mllvm -Xclang -cinstr-list=list \
        -O2 chain.c -o chain && ran ./chain && calls a.pb.gz | diff <(grep -v "^$3 " expected) -
}
# A function without hooks does not appear between its caller and what it calls, inlined or not.
not_between() { # VERSION
    listed "$1" 'skip fun:h\n' h && stacks a.pb.gz | grep ' g:' | diff - <(sort <<'END'
1 g:3* work:15 main:19
1000 g:3* f:8 work:14 main:19
1000 g:3* f:9 work:14 main:19
END
    ) && ! "$CINSTR" report --csv a.pb.gz | grep '^h,'
}
quiet() { # VERSION
    sed 's/^static int h/__attribute__((no_instrument_function)) &/' chain.c >quiet.c &&
        "$CINSTR" cc --inlined "clang-$1" -O2 quiet.c -o chain && ran ./chain &&
        calls a.pb.gz | diff <(grep -v ^h expected) -
}
library() { # VERSION
    "$CINSTR" cc --inlined "clang-$1" -O2 -fPIC -shared chain.c -DLIBRARY -o libchain.so &&
        printf 'int work(int);\nint main(void) { return work(1) == 0; }\n' >user.c &&
        "$CINSTR" cc --inlined "clang-$1" -O2 user.c -L. -lchain -Wl,-rpath,"$SCRATCH" -o chain &&
        ran ./chain && calls a.pb.gz | diff expected -
}
beside_instructions() { # VERSION
    "$CINSTR" cc --inlined --instructions "clang-$1" -O2 chain.c -o chain &&
        for run in 1 2; do
            ran ./chain && calls a.pb.gz | diff expected - &&
                "$CINSTR" report --csv --value instructions a.pb.gz | cut -d, -f1,2 | sort >"run.$run" || return
        done && grep -q '^f,[1-9]' run.1 && cmp run.1 run.2
}
alive_and_killed() { # VERSION
    local pid failed=0
    built "$1" -O2 && rm -rf segments fifo said && mkdir -m 700 segments && mkfifo fifo said || return
    CINSTR_OPTIONS=output=none:directory=$SCRATCH/segments ./chain wait <fifo >said &
    pid=$!
    exec {in}>fifo {out}<said
    read -r -u "$out" && [[ $REPLY == ready ]] || return
    CINSTR_OPTIONS=directory=$SCRATCH/segments "$CINSTR" verify -q "$pid" &&
        CINSTR_OPTIONS=directory=$SCRATCH/segments "$CINSTR" dump "$pid" -o a.pb.gz &&
        calls a.pb.gz | diff expected - || failed=1
    kill -KILL "$pid"
    wait "$pid" 2>wait.err
    exec {in}>&- {out}<&-
    "$CINSTR" verify -q segments/* && "$CINSTR" dump segments/* -o a.pb.gz && calls a.pb.gz | diff expected - || failed=1
    return "$failed"
}
unmarked() { # VERSION: clang is run without cinstr cc, and the source has no annotations
    "clang-$1" -g -O2 {-fplugin,-fpass-plugin}"=$BUILD/cinstr-plugin-$1.so" -Xclang -mllvm -Xclang -cinstr-inlined \
        chain.c "${LINK_CINSTR[@]}" -o chain && ran ./chain && calls a.pb.gz | diff expected -
}
off() { # VERSION
    "$CINSTR" cc "clang-$1" -O2 -c chain.c -o off.o && ! nm off.o | grep cinstr1_count && ! readelf -SW off.o | grep cinstr1_inlined
}
read -ra needed < <(pkg-config --static --libs libdw libelf libprotobuf-c zlib)
static=(-static -O2 "-Wl,-u,cinstr_writer_main" "$BUILD/static/libcinstr_reader.a" "${needed[@]}" -lsupc++ -lm)
for version in "${versions[@]}"; do
    clang="clang-$version"
    for level in -O0 -O1 -O2 -O3 -Os; do
        check "$clang $level: calls of each function are exact" counted "$version" $level
    done
    check "$clang -O3: the lines are right through which calls were inlined" chains "$version" -O3
    check "$clang: functions are there that were inlined everywhere" gone "$version"
    check "$clang: pprof's views and the report show inlined calls" views
    check "$clang: calls are exact without debug information" counted "$version" -g0 -O2
    check "$clang: a function that the list skips has no calls, and is in no stack" not_between "$version"
    check "$clang: calls are exact in callers that are skipped or only counted" listed "$version" 'skip fun:f\ncount fun:work\n' f
    check "$clang: a function with no_instrument_function has no calls" quiet "$version"
    check "$clang: calls are exact in a shared library" library "$version"
    check "$clang: calls are exact in a program that is not position independent" counted "$version" -O2 -fno-pie -no-pie
    check "$clang: calls are exact in a static program" counted "$version" "${static[@]}"
    check "$clang: calls are exact together with instruction counts" beside_instructions "$version"
    check "$clang: calls are exact in a running process and a killed one" alive_and_killed "$version"
    check "$clang: the plugin alone counts inlined calls of all functions" unmarked "$version"
    check "$clang: without the option nothing is counted" off "$version"
    for lto in full thin; do
        has_tool "ld.lld-$version" "$clang: calls are exact with $lto link-time optimisation" || continue
        check "$clang: calls are exact with $lto link-time optimisation" counted "$version" -O2 -flto=$lto -fuse-ld=lld-$version
    done
done

# --- what cinstr cc refuses ------------------------------------------------------------------------
refused() { # PATTERN ARGUMENTS…
    ! "$CINSTR" cc --inlined "${@:2}" -c chain.c -o refused.o 2>said.err && (($(wc -l <said.err) == 1)) &&
        grep -q "$1" said.err
}
check "cinstr cc --inlined gcc is refused in one line" refused "needs clang with the plugin" gcc
check "cinstr cc --inlined without the plugin is refused in one line" \
    refused "needs clang with the plugin" --no-plugin "clang-${versions[0]}"
check "cinstr cc --inlined --before-inlining is refused in one line" \
    refused "count inlined calls themselves" --before-inlining "clang-${versions[0]}"

# --- C++: exceptions through inlined functions -----------------------------------------------------
cat >thrown.cc <<'END'
#include <stdexcept>
static volatile int sink;
struct Guard { Guard() { sink++; } ~Guard() { sink--; } };
static int thrower(int x) { Guard guard; if (x % 3 == 0) throw std::runtime_error("3"); return x; }
static int passer(int x) { Guard guard; return thrower(x) + 1; }
static int catcher(int x) { try { return passer(x); } catch (const std::exception &) { return 0; } }
int main() { for (int i = 0; i < 300; i++) sink += catcher(i); }
END
printf '%s\n' 'Guard::Guard 600' 'Guard::~Guard 600' 'catcher 300' 'main 1' 'passer 300' 'thrower 300' >expected.thrown
thrown() { # VERSION LEVEL
    "$CINSTR" cc --inlined "clang++-$1" "$2" thrown.cc -o thrown && ran ./thrown &&
        calls a.pb.gz | sed 's/([^ ]*)//' | grep -v '^std::' | diff expected.thrown -
}

# --- tail calls that become loops: the first round is a call that the function's own hook counts ----
cat >rounds.cc <<'END'
static volatile int sink;
#define KEPT __attribute__((noinline))
KEPT static int odd_or_even(int n, int a) {
    for (int i = 0; i < 3; i++)
        sink += i;
    if (n == 0) return a;
    if (n & 1) return odd_or_even(n - 1, a + n);
    sink++;
    return odd_or_even(n - 1, a * 2);
}
KEPT static int thrower(int n) {
    if (sink == -1) throw 1;
    switch (n) {
    case 0: return 7;
    case 1: sink++; return thrower(0);
    default: return thrower(n - 1);
    }
}
int main() { try { return odd_or_even(10, 0) + odd_or_even(5, 0) + thrower(8) == 0; } catch (int) { return 3; } }
END
printf '%s\n' 'main 1' 'odd_or_even 17' 'thrower 9' >expected.rounds
rounds() { # VERSION LEVEL
    "$CINSTR" cc --inlined "clang++-$1" "$2" rounds.cc -o rounds && ran ./rounds &&
        "$CINSTR" report --json a.pb.gz | jq -r '.functions[] | "\(.function) \(.calls)"' |
        sed 's/(.*)//' | grep -v '^\[' | sort | diff expected.rounds -
}
for version in "${versions[@]}"; do
    for level in -O1 -O2 -O3 -Os -Oz; do
        check "clang++-$version $level: tail calls that became loops are counted" rounds "$version" $level
    done
    for level in -O0 -O2 -O3; do
        check "clang++-$version $level: calls that ended by an exception are counted" thrown "$version" $level
    done
done

# --- real programs ---------------------------------------------------------------------------------
# Each program is built twice: with a counting hook before inlining, and recorded with inlined calls.
# Templates that libstdc++ contains ready-made are compiled into the program: in the library they would not be
# counted.
real_pair() { # PROGRAM VERSION
    local hook plugin=$BUILD/cinstr-plugin-$2.so flags
    flags=(-O2 -g "-fplugin=$plugin" "-fpass-plugin=$plugin" -include "$REAL_HERE/all_templates.h"
        "-DPLUGIN_CHECKSUM=$(cksum <"$plugin" | cut -d' ' -f1)")
    hook=$(real_count_hook) && real_compile "$1" "clang-$2" "${flags[@]}" -finstrument-functions \
        -Xclang -mllvm -Xclang -cinstr-hooks &&
        real_link "$1" "clang-$2" "before/$1" "$hook" &&
        real_compile "$1" "clang-$2" "${flags[@]}" -finstrument-functions-after-inlining \
            -Xclang -mllvm -Xclang -cinstr-inlined &&
        real_link "$1" "clang-$2" "inlined/$1" "${LINK_CINSTR[@]}"
}
real_runs() { # PROGRAM
    (cd before && COUNT_HOOK_OUTPUT=edges real_run "$1" test "./$1" >out) &&
        (cd inlined && CINSTR_OPTIONS=output=a.pb.gz real_run "$1" test "./$1" >out) &&
        cmp before/out inlined/out && "$CINSTR" verify -q inlined/a.pb.gz
}
summed() { # sums up lines `name<tab>calls`
    awk -F'\t' '$2 > 0 { calls[$1] += $2 } END { for (name in calls) print name "\t" calls[name] }' | sort
}
named_calls() { # PROGRAM: makes before.calls and inlined.calls
    "$REAL_HERE/name-edges" "before/$1" <before/edges | sed 's/[+#][^ ]* .* /\t/' | c++filt | summed >before.calls &&
        "$CINSTR" report --json inlined/a.pb.gz | jq -r '.functions[] | "\(.function)\t\(.calls)"' |
            grep -v '^\[' | summed >inlined.calls
}
# c++filt and cinstr demangle some names differently: at least 98 % have to be the same.
same_calls() { # PROGRAM
    local both
    named_calls "$1" && both=$(join -t $'\t' before.calls inlined.calls | wc -l) &&
        join -t $'\t' before.calls inlined.calls | awk -F'\t' '$2 != $3 { print; wrong = 1 } END { exit wrong }' &&
        echo "# $1: $both functions, of $(wc -l <before.calls)" >>compared &&
        ((both * 100 >= $(wc -l <before.calls) * 98))
}
for version in "${versions[@]}"; do
    for program in ${PROGRAMS:-lua json}; do
        name="$program by clang-$version"
        check "$name builds" real_pair "$program" "$version" || continue
        check "$name: prints the same" real_runs "$program"
        check "$name: each function has the calls that a hook before inlining counts" same_calls "$program"
    done
done
[[ ! -s compared ]] || cat compared
finish
