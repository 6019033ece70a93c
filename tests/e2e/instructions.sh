#!/bin/bash
# SPDX-License-Identifier: MIT
# The plugin's instruction counts, under each clang that has one. They follow from counting instructions in
# LLVM's assembler of the plain program, through jumps, exit(), signals, threads and fork; they are the same
# in each run; and on a real program functions rank as by callgrind's count of machine instructions.
# shellcheck disable=SC2317,SC2016
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/real/programs.sh
. "$TOP/tests/real/programs.sh"
export BUILD
cd "$SCRATCH" || exit 1

find_plugins "instruction counts"

flags() { # VERSION: the options that count instructions
    printf '%s\n' -finstrument-functions-after-inlining "-fplugin=$BUILD/cinstr-plugin-$1.so" \
        "-fpass-plugin=$BUILD/cinstr-plugin-$1.so" -Xclang -mllvm -Xclang -cinstr-instructions
}
built() { # VERSION OPTIONS…: builds the program, and plain.ll of the plain program
    local version=$1
    shift
    mapfile -t added < <(flags "$version")
    "clang-$version" "$@" "${added[@]:1:1}" -S -emit-llvm "$TOP/tests/programs/instructions.c" -o plain.ll &&
        "clang-$version" "$@" "${added[@]}" "$TOP/tests/programs/instructions.c" "${LINK_CINSTR[@]}" \
            -pthread -o program
}
ran() { # ARGUMENTS…
    rm -f profile*.pb.gz && CINSTR_OPTIONS=output=profile.pb.gz ./program "$@" && "$CINSTR" verify -q profile.pb.gz
}
executed() { # PROFILE [FUNCTION]: lines `function instructions`, or the number of FUNCTION; [unplaced] may be there
    "$CINSTR" report --csv "$1" | awk -F, -v wanted="${2:-}" '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == "instructions") column = i; next }
        column && wanted == "" && $1 != "[unplaced]" { print $1, $column }
        column && $1 == wanted { print $column }' | sort
}

# part FUNCTION WORD: the number of instructions in the block of FUNCTION that contains WORD, or in its first
# block if WORD is `entry`. What becomes no machine code does not count: phis, debug information, markers, and
# `unreachable`.
part() {
    awk -v define="@$1(" -v word="$2" '
        /^define/ { inside = index($0, define); block = 0; if (inside) next }
        /^}/ { inside = 0 }
        !inside || /^$/ { next }
        /^[^ ].*:/ { block++; next }
        / = phi |@llvm\.(dbg|lifetime|assume)|^ *unreachable/ { next }
        { count[block]++; if (index($0, word)) found = block }
        END { print count[word == "entry" ? 0 : found] }' plain.ll
}
is() { # FUNCTION EXPECTED
    local actual
    actual=$(executed profile.pb.gz "$1")
    [[ $actual == "$2" ]] || { echo "$1: $actual, not $2" && return 1; }
}

of_loops() { # LOOPS LENGTH: leaf and loop have the instructions of so many loops
    is leaf $(($1 * $2 * $(part leaf entry))) &&
        is loop $(($1 * ($(part loop entry) + $2 * $(part loop @leaf) + $(part loop 'ret '))))
}
of_jumps() { # COUNT: every second call is left by longjmp
    is jumper $(($1 * (2 * $(part jumper entry) + $(part jumper @longjmp) + $(part jumper 'ret ')) / 2))
}
of_signals() { # COUNT
    is handler $(($1 * $(part handler entry))) &&
        is raiser $(($(part raiser entry) + $1 * $(part raiser @raise) + $(part raiser 'ret ')))
}
same_with() { # VERSION OPTIONS…: a build with these options has the same counts
    executed profile.pb.gz >before && built "$@" && ran loop 7 1000 && executed profile.pb.gz | diff before -
}

for version in "${versions[@]}"; do
    clang="clang-$version"
    check "$clang: the program builds" built "$version" -O1 -fno-unroll-loops || continue
    check "$clang: loops have the count that follows by hand" eval 'ran loop 7 1000 && of_loops 7 1000'
    check "$clang: instructions before exit() have the count that follows by hand" eval 'is ender "$(part ender entry)"'
    check "$clang: jumps have the count that follows by hand" eval 'ran jump 1000 && of_jumps 1000'
    check "$clang: threads have the count that follows by hand" eval 'ran threads 20 1000 && of_loops 20 1000'
    check "$clang: signal handlers have the count that follows by hand" eval 'ran signals 500 && of_signals 500'
    check "$clang: handlers on a stack of their own have the count that follows by hand" eval 'ran altstack 500 && of_signals 500'
    check "$clang: a parent and its children have the count that follows by hand" eval 'ran forks 5 1000 && of_loops 6 1000'
    ran loop 7 1000
    check "$clang: debug information changes no count" same_with "$version" -O1 -fno-unroll-loops -g
    check "$clang: position-independent code changes no count" same_with "$version" -O1 -fno-unroll-loops -fno-pie -no-pie
    check "$clang: calls that are only counted have the count that follows by hand" eval \
        'built "$version" -O1 -fno-unroll-loops -Xclang -mllvm -Xclang -cinstr-count && ran jump 1000 && of_jumps 1000 && ran loop 7 1000 && of_loops 7 1000'
    for level in -O0 -O2 -O3; do
        check "$clang $level: the program builds, and two runs have the same counts" eval 'built $version $level &&
            ran loop 7 1000 && executed profile.pb.gz >first && ran loop 7 1000 && executed profile.pb.gz | diff first - && grep -q "^leaf [1-9]" first'
    done
done

check "a program without instruction counts has no such column" eval \
    'gcc -finstrument-functions "$TOP/tests/programs/instructions.c" "${LINK_CINSTR[@]}" -pthread -o program &&
        ran loop 7 10 && ! "$CINSTR" report --csv profile.pb.gz | grep instructions'

# --- by cinstr cc ----------------------------------------------------------------------------------
by_cc() { # VERSION: the counts are those with the options given by hand
    built "$1" -O1 && ran loop 7 1000 && executed profile.pb.gz >first &&
        "$CINSTR" cc --instructions "clang-$1" -O1 "$TOP/tests/programs/instructions.c" -pthread -o program &&
        ran loop 7 1000 && executed profile.pb.gz | diff first -
}
refused() {
    ! "$CINSTR" cc --instructions "$@" -c "$TOP/tests/programs/instructions.c" -o refused.o 2>said &&
        (($(wc -l <said) == 1)) && grep -q "needs clang with the plugin" said
}
for version in "${versions[@]}"; do
    check "cinstr cc --instructions clang-$version gives the same counts" by_cc "$version"
done
check "cinstr cc --instructions gcc is refused in one line" refused gcc
check "cinstr cc --instructions without the plugin is refused in one line" refused --no-plugin "clang-${versions[0]}"

# --- C++ -------------------------------------------------------------------------------------------
cat >thrown.cc <<'END'
#include <stdexcept>
#define KEPT __attribute__((noinline))
static volatile int sink;
KEPT static int thrower(int x) { if (x % 3 == 0) throw std::runtime_error("3"); return x; }
KEPT static int passer(int x) { return thrower(x) + 1; }
KEPT static int catcher(int x) { try { return passer(x); } catch (const std::exception &) { return 0; } }
int main() { for (int i = 0; i < 300; i++) sink += catcher(i); }
END
thrown() {
    mapfile -t added < <(flags "$1")
    "clang++-$1" -O2 "${added[@]}" thrown.cc "${LINK_CINSTR[@]}" -o program && ran &&
        executed profile.pb.gz >first && ran && executed profile.pb.gz | diff first - && (($(executed profile.pb.gz 'passer(int)') > 300))
}
for version in "${versions[@]}"; do
    check "clang-$version: two runs with exceptions have the same counts" thrown "$version"
done

# --- a real program --------------------------------------------------------------------------------
recorded() { # VERSION
    mapfile -t added < <(flags "$1")
    real_compile sqlite "clang-$1" -O2 "${added[@]}" "-DPLUGIN=$(cksum <"$BUILD/cinstr-plugin-$1.so" | cut -d' ' -f1)" &&
        real_link sqlite "clang-$1" "$SCRATCH/sqlite" "${LINK_CINSTR[@]}" &&
        real_compile sqlite "clang-$1" -O2 && real_link sqlite "clang-$1" "$SCRATCH/plain"
}
ten_runs() {
    for run in {1..10}; do
        CINSTR_OPTIONS=output=sqlite.pb.gz real_run sqlite test ./sqlite >"out.$run" &&
            executed sqlite.pb.gz >"run.$run" && cmp run.1 "run.$run" || return
    done
    (($(wc -l <run.1) > 400))
}
by_callgrind() { # prints the machine instructions of each function itself
    real_arguments sqlite test &&
        valgrind -q --tool=callgrind --callgrind-out-file=callgrind.out ./plain "${real_arguments[@]}" >/dev/null 2>&1 &&
        callgrind_annotate --threshold=100 callgrind.out |
        sed -n 's/^ *\([0-9,]*\) *([0-9. ]*%)  *[^ :]*:\([^ ]*\).*/\2 \1/p' | tr -d , |
            awk '{ sub("\x27.*", "", $1); sum[$1] += $2 } END { for (name in sum) print name, sum[name] }' | sort
}
# Spearman's rank correlation of lines `function a b`; equal values have their mean rank.
rank_correlation() {
    awk '{ a[NR] = $2; b[NR] = $3 }
        function rank(values, i, lower, equal, j) {
            lower = equal = 0
            for (j = 1; j <= NR; j++) { lower += values[j] < values[i]; equal += values[j] == values[i] }
            return lower + (equal + 1) / 2
        }
        END {
            for (i = 1; i <= NR; i++) {
                x = rank(a, i) - (NR + 1) / 2; y = rank(b, i) - (NR + 1) / 2
                xy += x * y; xx += x * x; yy += y * y
            }
            printf "%.4f %d\n", xy / sqrt(xx * yy), NR
        }'
}
in_step() {
    by_callgrind >machine && join run.1 machine | awk '$2 > 0' | rank_correlation >correlation &&
        awk '{ exit !($1 > 0.95 && $2 > 400) }' correlation
}
version=${versions[-1]}
check "sqlite by clang-$version is built" recorded "$version" &&
    check "sqlite by clang-$version: ten runs give the same numbers" ten_runs &&
    check "sqlite by clang-$version: functions rank as by callgrind (correlation over 0.95)" in_step
[[ ! -s correlation ]] || echo "# rank correlation and functions: $(<correlation)"
finish
