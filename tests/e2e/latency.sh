#!/bin/bash
# SPDX-License-Identifier: MIT
# How long calls took: `report --percentiles` and `--slowest` follow from the durations in the profile, which
# go tool pprof reads, and agree with what the program measures of its own longest call.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$SCRATCH" || exit 1

# Prints how long its longest call took. The clock is read before and after the call, which is therefore
# shorter.
cat >calls.c <<'END_C'
#include <stdio.h>
#include <time.h>
volatile unsigned sink;
#define APART __attribute__((noinline))
static __attribute__((no_instrument_function)) long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000L + t.tv_nsec;
}
APART void work(unsigned n) { for (unsigned i = 0; i < n; i++) sink += i; }
APART void often(void) { for (unsigned i = 1; i <= 400; i++) work(i * 10); }
APART void rarely(void) { work(40000000); }
int main(void) {
    often();
    long before = now();
    rarely();
    printf("%ld\n", now() - before);
}
END_C
record() {
    gcc -O1 -g -finstrument-functions calls.c -o calls "${LINK_CINSTR[@]}" &&
        "$CINSTR" run -q --histogram -o calls.pb.gz ./calls >longest &&
        "$CINSTR" run -q -o plain.pb.gz ./calls >/dev/null
}
check "a program with short calls and one long call is recorded" record || finish

# `FUNCTION CALLER CALLS NS` of each stack and duration, as pprof reads them.
durations() {
    go tool pprof -raw calls.pb.gz | awk '
        /^Samples:/ { part = 1; getline; next } /^Locations/ { part = 2; next } /^Mappings/ { part = 0 }
        part == 1 && /: / { n++; calls[n] = $1; split($0, half, ":"); stack[n] = half[2] }
        part == 1 && /duration:/ { match($0, /duration:\[[0-9]+/); ns[n] = substr($0, RSTART + 10, RLENGTH - 10) }
        part == 2 { at[$1 + 0] = $4 }
        END { for (i = 1; i <= n; i++) if (ns[i]) { split(stack[i], l, " "); print at[l[1]], l[2] ? at[l[2]] : "-", calls[i], ns[i] } }'
}
# Quantiles for each key, which is an awk expression over these fields: the least duration that 50 %, 90 % and
# 99 % of the calls do not exceed, and the longest.
quantiles() { # AWK-EXPRESSION OF THE KEY
    sort -k4,4n durations | awk '{ key = '"$1"'; all[key] += $3; n[key]++; c[key, n[key]] = $3; d[key, n[key]] = $4 }
        function at(key, share,   i, seen) { for (i = 1; i <= n[key]; i++) { seen += c[key, i]; if (seen >= share * all[key]) return d[key, i] } }
        END { for (key in all) print key, at(key, 0.5), at(key, 0.9), at(key, 0.99), d[key, n[key]] }' | sort
}
durations >durations
functions() {
    "$CINSTR" report --percentiles --json calls.pb.gz >report.json &&
        jq -r '.functions[] | select(.longest_ns > 0) | "\(.function) \(.p50_ns) \(.p90_ns) \(.p99_ns) \(.longest_ns)"' report.json |
        sort >actual && quantiles '$1' >expected && [[ $(wc -l <expected) == 4 ]] && diff expected actual
}
check "--percentiles: each function has the percentiles of its durations" functions
edges() {
    "$CINSTR" report --percentiles --edges --csv calls.pb.gz >edges.csv && awk -F, '
        NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
        $column["longest_ns"] > 0 { print $2, $1, $column["p50_ns"], $column["p90_ns"], $column["p99_ns"], $column["longest_ns"] }' edges.csv |
        sort >actual && quantiles '$1 " " $2' >expected && [[ $(wc -l <expected) == 5 ]] && diff expected actual
}
check "--percentiles: each edge has the percentiles of its durations" edges
sorted() {
    "$CINSTR" report --percentiles --sort longest --csv calls.pb.gz | awk -F, '
        NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next } { print $column["longest_ns"] }' >actual &&
        sort -nr actual | diff - actual
}
check "--sort sorts by them" sorted
table() {
    "$CINSTR" report --percentiles calls.pb.gz >text && has 'p50 .*p90 .*p99 .*longest .*calls .*function' <text &&
        has ' 401 .* work' <text && "$CINSTR" report --percentiles --edges calls.pb.gz >text &&
        has '400 of  *401 .* from often' <text
}
check "the text has them as columns" table

slowest() {
    "$CINSTR" report --slowest 3 --json calls.pb.gz >slowest.json &&
        jq -r '.slowest[] | "\([.stack[].function | select(startswith("[") | not)] | join(" ")) \(.calls) \(.is_exact)"' slowest.json >actual &&
        diff <(printf '%s\n' 'main 1 true' 'rarely main 1 true' 'work rarely main 1 true') actual &&
        (($(jq '.slowest[1].duration_ns' slowest.json) * 10 <= $(<longest) * 11)) # clocks differ a little
}
check "--slowest lists the longest calls with their stacks, not longer than the program measured" slowest
count() { "$CINSTR" report --slowest 10000 --json calls.pb.gz | jq '[.slowest[].calls] | add' | has -x 404; }
check "--slowest can list every call" count
shown() {
    "$CINSTR" report --slowest 2 --show '^work$' --long-names calls.pb.gz >text && has '^    work ' <text && has '^    rarely ' <text &&
        [[ $(grep -c '^    main ' text) == 2 ]]
}
check "--show selects the function, with its whole stack" shown

refuses() { # STATUS PATTERN OPTION…
    local status=$1 pattern=$2 actual
    shift 2
    "$CINSTR" report "$@" >said 2>err
    actual=$?
    ((actual == status)) && is_empty said && [[ $(wc -l <err) == 1 ]] && grep -q -- "$pattern" err || { cat err && return 1; }
}
check "--percentiles of a profile without durations says what records them" refuses 1 '--histogram' --percentiles plain.pb.gz
check "--slowest of a profile without durations says what records them" refuses 1 '--histogram' --slowest 3 plain.pb.gz
check "--percentiles with the tree is refused" refuses 2 'goes with' --percentiles --tree calls.pb.gz
check "--sort p99 without --percentiles is refused" refuses 2 'goes with --percentiles' --sort p99 calls.pb.gz
check "--slowest --csv is refused" refuses 2 'use --json' --slowest 3 --csv calls.pb.gz
finish
