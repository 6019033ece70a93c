#!/bin/bash
# SPDX-License-Identifier: MIT
# `cinstr filter`: a program that is built with the printed list records functions that are not on it exactly
# as before, and none that are. What filter predicts follows from the profile's own numbers. How near the
# prediction comes to the next run is printed, never judged.
# shellcheck disable=SC2317,SC2016
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/real/programs.sh
. "$TOP/tests/real/programs.sh"

cd "$SCRATCH" || exit 1

# csv_table PROFILE: `name<TAB>calls<TAB>overhead<TAB>cpu or wall` of each function.
csv_table() {
    "$CINSTR" report --json --limit 0 "$1" | jq -r '.functions[] |
        select(.calls > 0) | [.function, .calls, .self_overhead_ns, .self_cpu_ns // .self_ns] | @tsv'
}

# predicted SKIPPED TABLE: 1 + (calls that are left × the mean cost of a call) / own time.
predicted() {
    awk -F '\t' -v own="$baseline" 'FNR == NR { skipped[$1] = 1; next }
        { calls += $2; all += $3 + $4 }
        !($1 in skipped) { kept += $2 }
        END { printf "%.4f\n", 1 + (all / 1e9 - own) * kept / calls / own }' "$1" "$2"
}

within_budget() { # PREDICTED PERCENT
    awk -v predicted="$1" -v percent="$2" 'BEGIN { exit !(predicted <= 1 + percent / 100 + 1e-4) }'
}

# --- gcc, on a real program ------------------------------------------------------------------------
recorded() { # NAME FLAGS…: builds SQLite with these flags, and runs it
    local name=$1
    shift
    real_compile sqlite gcc -O2 -g "$@" && real_link sqlite gcc "$SCRATCH/$name" "${LINK_CINSTR[@]}" &&
        CINSTR_OPTIONS=output=$name.pb.gz real_run sqlite test "./$name" >"$name.out"
}

# The CPU time of a plain build: the shortest of three runs.
plain_seconds() {
    real_build sqlite gcc plain plain &&
        for _ in 1 2 3; do
            (TIMEFORMAT='%U %S' && time real_run sqlite test ./plain >/dev/null) 2>&1
        done | awk '{ print $1 + $2 }' | sort -n | sed -n 1p
}

filtered() {
    baseline=$(plain_seconds) && recorded before -finstrument-functions &&
        "$CINSTR" filter --budget 10% --for gcc --baseline "$baseline" before.pb.gz >list 2>said &&
        recorded after -finstrument-functions "@$SCRATCH/list" &&
        csv_table before.pb.gz >before.tsv && csv_table after.pb.gz >after.tsv &&
        cut -f 1 before.tsv | sort >before.names && cut -f 1 after.tsv | sort >after.names &&
        comm -23 before.names after.names >gone.names
}

# The functions that gcc leaves out: according to its manual, those whose names contain a listed one.
listed() {
    sed 's/^[^=]*=//' list | tr , '\n' >parts && grep -F -f parts before.names
}

prediction() { # FILE: the prediction in what filter printed
    sed -n 's/.*predicted with this list: //p' "$1"
}

check "SQLite, built by gcc with the list, runs" filtered || finish
check "its output is unchanged" cmp before.out after.out
check "exactly the functions on the list are no longer recorded" eval 'diff <(listed) gone.names'
check "all other functions have the calls that they had" eval \
    'diff <(cut -f 1,2 before.tsv | sort | grep -vFx -f <(grep -F -f <(sed "s/$/\t/" gone.names) <(cut -f 1,2 before.tsv))) <(cut -f 1,2 after.tsv | sort)'
check "the prediction is within the budget" eval 'within_budget "$(prediction said)" 10'
check "the prediction follows from the profile's numbers" eval \
    '[[ $(predicted gone.names before.tsv | xargs printf %.2f) == "$(prediction said)" ]]'
check "filter --against compares the next profile with the prediction" eval \
    '"$CINSTR" filter --against "$(prediction said)" after.pb.gz >compared && grep -q "^predicted 1.*, measured 1.* points$" compared'
sed 's/^/# sqlite by gcc, budget 10 %: /' compared
check "the same profile gives the same list" eval '"$CINSTR" filter --budget 10 --for gcc --baseline "$baseline" before.pb.gz 2>/dev/null | cmp - list'

# --- the other lists -------------------------------------------------------------------------------
check "the plugin's list times, counts and skips, and states what it predicts" eval \
    '"$CINSTR" filter --budget 10% before.pb.gz >plugin.list 2>said && grep -q "^count fun:sqlite3" plugin.list && grep -q "^skip fun:sqlite3" plugin.list && grep -q "^# predicted: 1\.[01]" plugin.list'
check "no function is on it twice" eval '! grep fun: plugin.list | sed "s/.*fun://" | sort | uniq -d | grep .'
check "filter --against reads the prediction in the list" eval '"$CINSTR" filter --against plugin.list before.pb.gz | has "^predicted 1.1.*points$"'
check "if the budget is already met there is no list" eval \
    '[[ $("$CINSTR" filter --budget 100000 before.pb.gz 2>/dev/null | grep -c fun:) == 0 ]]'

# --- the plugin: the program contains the prediction, and the next profile compares itself with it ---
cat >told.c <<'END'
#define NOINLINE __attribute__((noinline))
static volatile long sink;
NOINLINE static long leaf(long x) { return sink = x; }
NOINLINE static long middle(long x) { for (int i = 0; i < 500; i++) sink += i; return leaf(x) + leaf(x + 1); }
int main(void) { for (long i = 0; i < 100000; i++) sink += middle(i); return 0; }
END
printf 'long other(long x) { return x; }\n' >other.c
by_plugin() { # CLANG FLAGS…
    "$CINSTR" cc "$@" -O2 -g told.c other.c -o told && rm -f told.pb.gz && "$CINSTR" run -q -o told.pb.gz ./told
}
with_list() {
    local clang=$1
    shift
    by_plugin "$clang" -Xclang -mllvm -Xclang -cinstr-list=told.list "$@"
}
# The expected text follows from the profile's own sums and the list's first line.
expected_note() {
    "$CINSTR" report --json told.pb.gz | jq -r '.values | .overhead.total, (.cpu // .wall).total' | xargs |
        awk -v predicted="$(sed -n 's/^# predicted: //p' told.list)" '{ measured = 1 + $1 / $2
            printf "note      budget: predicted %.3f times a plain run, measured %.3f: %+.1f points\n",
                predicted, measured, 100 * (measured - predicted) }'
}
notes() {
    "$CINSTR" report --verbose told.pb.gz | grep '^note  *budget: '
    true
}
told() { # CLANG
    by_plugin "$1" && [[ -z $(notes) ]] &&
        "$CINSTR" filter --budget 20% told.pb.gz >told.list 2>/dev/null &&
        for options in "" "-ffunction-sections -Wl,--gc-sections" "-flto=thin -Wl,--gc-sections"; do
            # shellcheck disable=SC2086
            with_list "$1" $options && diff <(expected_note) <(notes) || return
        done
}
refuses_nonsense() { # CLANG: a prediction that is impossible for any run
    printf '# predicted: nan\nskip fun:leaf\n' >told.list && with_list "$1" && [[ -z $(notes) ]]
}
for version in 14 16 19; do
    [[ -f $BUILD/cinstr-plugin-$version.so ]] && command -v "clang-$version" >/dev/null || continue
    check "clang-$version: the next profile states the prediction and the result" told "clang-$version"
    check "clang-$version: an impossible prediction is ignored" refuses_nonsense "clang-$version"
done
# XRay puts sleds into a function: room for instructions that are patched in later.
xray() {
    printf '__attribute__((noinline)) int leaf(int x) { return x * 3 + 1; }\nint main(void) { int s = 0; for (int i = 0; i < 1000000; i++) s += leaf(i); return s == 1; }\n' >leaf.c &&
        gcc -O1 -g -finstrument-functions leaf.c "${LINK_CINSTR[@]}" -o leaf &&
        CINSTR_OPTIONS=output=leaf.pb.gz ./leaf &&
        "$CINSTR" filter --budget 10 --baseline 0.001 --for xray leaf.pb.gz >xray.list 2>/dev/null &&
        diff <(printf '[never]\nfun:leaf\n') <(grep -v '^#' xray.list) &&
        clang-14 -O1 -fxray-instrument -fxray-instruction-threshold=1 -fxray-attr-list=xray.list -S -o leaf.s leaf.c &&
        awk '/^[a-z]+:/ { name = $1 } /xray_sled/ && /^\.Lxray_sled/ { sleds[name]++ }
            END { exit !(sleds["main:"] > 0 && sleds["leaf:"] == 0) }' leaf.s
}
check "clang puts no sleds into the functions on XRay's list" xray

# --- C++: gcc matches names without arguments ------------------------------------------------------
cat >names.cc <<'END'
#define NOINLINE __attribute__((noinline))
static volatile int sink;
namespace outer {
template <class T, int N> struct Box {
    NOINLINE void push(T value) { sink += (int)value + N; }
    NOINLINE bool operator<(const Box &) const { return sink == 1; }
};
NOINLINE static int scale(int x) { return sink += x; }
NOINLINE static int scale(double x) { return sink += (int)x; }
}
namespace { struct Hidden { NOINLINE int twice(int (*function)(int), int x) { return function(x); } }; }
template <class T> NOINLINE T identity(T x) { sink++; return x; }
NOINLINE static int plain(int x) { return sink + x; }
int main() {
    outer::Box<long, 3> box;
    Hidden hidden;
    for (int i = 0; i < 100000; i++) {
        box.push(i);
        if (box < box) return 1;
        outer::scale(i);
        outer::scale(1.5);
        hidden.twice(plain, i);
        identity<double>(1.0);
    }
}
END
names() {
    g++ -O1 -g -finstrument-functions names.cc "${LINK_CINSTR[@]}" -o names &&
        CINSTR_OPTIONS=output=names.pb.gz ./names && [[ $(csv_table names.pb.gz | wc -l) == 8 ]] &&
        "$CINSTR" filter --budget 0.5% --baseline 0.0001 --for gcc names.pb.gz >names.list 2>/dev/null &&
        g++ -O1 -g -finstrument-functions @names.list names.cc "${LINK_CINSTR[@]}" -o names &&
        CINSTR_OPTIONS=output=names.pb.gz ./names && diff <(echo main) <(csv_table names.pb.gz | cut -f 1)
}
check "templates, operators, overloads and unnamed namespaces are left out by name" names

# --- wrong usage and errors ------------------------------------------------------------------------
refused() { # STATUS WORDS ARGUMENTS…
    local status=$1 words=$2 actual
    shift 2
    "$CINSTR" filter "$@" >out 2>err
    actual=$?
    ((actual == status)) && is_empty out && (($(wc -l <err) <= 2)) && grep -q -- "$words" err && return
    echo "status $actual" && cat err && return 1
}
check "neither budget nor comparison is wrong usage" refused 2 "either --budget" before.pb.gz
check "budget and comparison together are wrong usage" refused 2 "either --budget" --budget 5 --against 1.1 before.pb.gz
check "a budget of 0 is wrong usage" refused 2 "percentage above 0" --budget 0 before.pb.gz
check "a budget that is no number is wrong usage" refused 2 "percentage above 0" --budget 5%% before.pb.gz
check "an unknown compiler is wrong usage" refused 2 "plugin, gcc or xray" --budget 5 --for icc before.pb.gz
check "no profile is wrong usage" refused 2 "no SOURCE" --budget 5
check "a baseline longer than the profiled run is an error" refused 1 "a plain run takes less" --budget 5 --baseline 1000 before.pb.gz
check "a list without a prediction is an error" refused 1 "no prediction" --against names.cc before.pb.gz
"$CINSTR" report --csv before.pb.gz >not-a-profile
check "a file that is no profile is an error" refused 1 not-a-profile --budget 5 not-a-profile
finish
