#!/bin/bash
# SPDX-License-Identifier: MIT
# `report --source`: each line has the times of `go tool pprof -list`, and the calls that valgrind's callgrind
# counts in the plain program. Tests also which source files are found and how a terminal shows them.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$SCRATCH" || exit 1

mkdir -p tree/src
cat >tree/src/lines.c <<'END_C'
#include <stdlib.h>
volatile unsigned sink;
void spin(unsigned n) {
	for (unsigned i = 0; i < n; i++)
		sink += i;
}
unsigned down(unsigned n) {
    spin(50);
    if (n == 0)
        return 0;
    return down(n - 1) + 1;
}
unsigned both(unsigned n) {
    spin(10); spin(20);
    return down(n % 5) +
        down(n % 3);
}
void never(void) {
    spin(1);
}
int main(int argc, char **argv) {
    for (unsigned i = argc > 1 ? atoi(argv[1]) : 300; i > 0; i--)
        both(i);
    if (argc > 5)
        never();
    return argv == NULL;
}
END_C
record() {
    (cd tree && gcc -O0 -g -finstrument-functions src/lines.c -o ../lines "${LINK_CINSTR[@]}" && gcc -O0 -g src/lines.c -o ../plain) &&
        "$CINSTR" run -q -o lines.pb.gz ./lines && "$CINSTR" run -q --sample -o sampled.pb.gz ./lines 300000
}
check "a program with two calls on a line and recursion is recorded" record || finish

# `LINE SELF TOTAL` of each line that has any time.
listed() { # PROFILE VALUE
    go tool pprof -sample_index="$2" -unit=ns -source_path="$PWD/tree" -list '^(spin|down|both|main)$' "$1" 2>/dev/null |
        sed -n 's/^ *\([0-9.ns]*\) *\([0-9.ns]*\)  *\([0-9]*\):.*/\3 \1 \2/p' | sed 's/ns\b//g; s/ \.\( \|$\)/ 0\1/g; s/ \.\( \|$\)/ 0\1/g' |
        awk '$2 != 0 || $3 != 0' | sort -n
}
reported() { # PROFILE VALUE SELF TOTAL
    "$CINSTR" report --source lines.c --value "$2" --json "$1" | jq -r --arg self "$3" --arg total "$4" \
        '.functions[].lines[] | select(.[$self] != 0 or .[$total] != 0) | "\(.line) \(.[$self]) \(.[$total])"' | sort -n
}
as_pprof() { # PROFILE VALUE
    listed "$1" "$2" >expected && reported "$1" "$2" self_ns total_ns >actual && [[ $(wc -l <expected) -ge ${least:-8} ]] && diff expected actual
}
check "each line has the times of pprof -list" as_pprof lines.pb.gz wall
check "each line has the CPU times of pprof -list" as_pprof lines.pb.gz cpu

# The number of samples depends on the machine. Their lines do not.
least=3 check "a sampled profile has the times of pprof -list" as_pprof sampled.cpu.pb.gz cpu
sampled() { "$CINSTR" report --source spin sampled.cpu.pb.gz | has '^ *samples  *total'; }
check "the report says that it counts samples" sampled

# `LINE CALLS` of each line of the program that makes calls.
callgrind() {
    valgrind --tool=callgrind --callgrind-out-file=callgrind.out --compress-pos=no --compress-strings=no ./plain >valgrind.log 2>&1 ||
        { cat valgrind.log && return 1; }
    awk '/^f[lie]=/ { own = /lines\.c$/ }
        /^calls=/ { split($1, n, "="); getline; if (own) calls[$1] += n[2] }
        END { for (line in calls) print line, calls[line] }' callgrind.out | sort -n
}
counted() {
    callgrind >expected && "$CINSTR" report --source lines.c --json lines.pb.gz |
        jq -r '.functions[].lines[] | select(.calls_made != 0) | "\(.line) \(.calls_made)"' | sort -n >actual &&
        [[ $(wc -l <expected) -ge 6 ]] && diff expected actual
}
check "each line makes the calls that callgrind counts" counted

# --- the table --------------------------------------------------------------------------------------

text() {
    "$CINSTR" report --source both --source-path tree lines.pb.gz >text && has '^both  .*lines\.c:13$' <text && has '^300 calls, ' <text &&
        has '^ *600 .* 14      spin(10); spin(20);$' <text && has '^ *300 .* 16          down(n % 3);$' <text && has '^ *17  }$' <text &&
        ! has 'never' <text && ! has $'\033' <text
}
check "a function is shown completely, and nothing else" text
pattern() { "$CINSTR" report --source 's*|d*' --source-path tree lines.pb.gz >text && has '^spin ' <text && has '^down ' <text && ! has '^both ' <text; }
check "a pattern shows all functions that match" pattern
tabs() { has '^ *4          for (unsigned' <text; }
check "tabs are shown as blanks" tabs
hot() {
    TERM=xterm script -qec "'$CINSTR' report --source main --source-path tree lines.pb.gz" /dev/null >coloured && has $'\033\\[1;31m.* both(i);' <coloured &&
        TERM=xterm NO_COLOR=1 script -qec "'$CINSTR' report --source main --source-path tree lines.pb.gz" /dev/null >plain.text && ! has $'\033' <plain.text
}
check "a terminal shows where the time is, in colours unless NO_COLOR is set" hot

# --- where source files are found ---------------------------------------------------------------------

# shellcheck disable=SC2120
found() { # OPTION…
    "$CINSTR" report --source both --json "$@" lines.pb.gz | jq -e '.functions[0].source != null and (.functions[0].lines[] | select(.line == 14) | .text) == "    spin(10); spin(20);"'
}
check "a source file is found where the compiler read it" found
moved() { mv tree/src elsewhere && ! found; }
check "a source file that has moved is not found without an option" moved
check "a source file is found by --source-path, of which there may be several" found --source-path nowhere --source-path elsewhere
said() {
    "$CINSTR" report --source both lines.pb.gz >text && has 'source was not found: --source-path' <text && has '^ *600 .* 14$' <text
}
check "without source, lines have numbers alone, and the report says what to do" said
beside() { mkdir src && cp elsewhere/lines.c src/ && found; }
check "a source file is found next to the program" beside
changed() { touch -d '+1 hour' src/lines.c && "$CINSTR" report --source both lines.pb.gz >text && has 'has changed since' <text; }
check "the report says that a source file is newer than the profile" changed
fifo() { rm -r src elsewhere && mkdir -p src && mkfifo src/lines.c && "$CINSTR" report --source both lines.pb.gz >text && has 'was not found' <text; }
check "a FIFO is not read" fifo

refuses() { # STATUS PATTERN OPTION…
    local status=$1 pattern=$2 actual
    shift 2
    "$CINSTR" report "$@" lines.pb.gz >said 2>err
    actual=$?
    ((actual == status)) && is_empty said && [[ $(wc -l <err) == 1 ]] && grep -q -- "$pattern" err || { cat err && return 1; }
}
check "a name of no function and no file is refused" refuses 1 "no function and no file is named 'nobody'" --source nobody
check "--source --csv is refused" refuses 2 'use --json' --source both --csv
check "--source-path without --source is refused" refuses 2 'goes with --source' --source-path .
finish
