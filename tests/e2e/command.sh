#!/bin/bash
# SPDX-License-Identifier: MIT
# The command line and its reports: every subcommand has help, wrong use gives one line and status 2, and
# input that cannot be read gives one line and status 1. The numbers of reports are those that Go's pprof
# finds in the same profile, Go's own and ours. JSON and CSV parse.
# shellcheck disable=SC2317,SC2016
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"

read -r -a subcommands <<<"run report dump ps stack verify filter cc"

# says STATUS OUT ERR ARGUMENTS…: the command ends with STATUS, and has written OUT lines to standard output
# and ERR lines to standard error ("-": any number). Both are kept, in the files out and err.
says() {
    local status=$1 out=$2 err=$3 actual lines
    shift 3
    "$CINSTR" "$@" >"$SCRATCH/out" 2>"$SCRATCH/err" </dev/null
    actual=$?
    ((actual == status)) || { echo "status $actual, not $status" && cat "$SCRATCH/err" && return 1; }
    lines=$(wc -l <"$SCRATCH/out")
    [[ $out == - || $lines == "$out" ]] || { echo "$lines lines, not $out" && cat "$SCRATCH/out" && return 1; }
    lines=$(wc -l <"$SCRATCH/err")
    [[ $err == - || $lines == "$err" ]] ||
        { echo "$lines lines of errors, not $err" && cat "$SCRATCH/err" && return 1; }
}

# --- help and errors ------------------------------------------------------------------------------
explains() {
    says 0 - 0 "$1" --help && grep -q '^Usage: cinstr '"$1" "$SCRATCH/out" &&
        grep -q '^Exit status: ' "$SCRATCH/out" && grep -q '^Examples:$' "$SCRATCH/out" &&
        cp "$SCRATCH/out" "$SCRATCH/help" && says 0 - 0 help "$1" && cmp "$SCRATCH/out" "$SCRATCH/help" &&
        ! grep -n '.\{80\}' "$SCRATCH/out"
}
lists_all() {
    local name
    says 0 - 0 --help || return 1
    for name in "${subcommands[@]}"; do
        grep -q "^  $name " "$SCRATCH/out" || { echo "$name is missing" && return 1; }
    done
}
check "cinstr --help lists every command" lists_all
for name in "${subcommands[@]}"; do
    check "cinstr $name --help has usage, exit status and examples" explains "$name"
    check "cinstr $name: an unknown option gets one line and status 2" says 2 0 1 "$name" --no-such-option
done
check "cinstr --version is one line" says 0 1 0 --version
check "cinstr without a command ends with status 2" says 2 0 - ""
check "an unknown command gets one line and status 2" says 2 0 1 reprot
for arguments in "report" "report a b" "report --sort size a" "report --limit -1 a" "report --focus ( a" \
    "report --json=yes a" "report --baseline 0 a" "dump" "dump --kind goroutine a" "dump --seconds 0 a" "verify" \
    "stack" "ps now" "ps --clean --json" "run" "run --timing never true" "run --contexts 5 true" \
    "run -o a:b true" "cc" "cc --before-inlining --after-inlining clang"; do
    # shellcheck disable=SC2086
    check "cinstr $arguments gets one line and status 2" says 2 0 1 $arguments
done

full_disk() {
    "$CINSTR" --help >/dev/full 2>"$SCRATCH/err" && return 1
    (($(wc -l <"$SCRATCH/err") == 1)) && grep -q 'standard output: No space' "$SCRATCH/err"
}
check "output that cannot be written gets one line and an error status" full_disk

echo "not a profile" >"$SCRATCH/text"
head -c 5000 /dev/zero >"$SCRATCH/zero.seg"
for command in report dump stack verify; do
    for file in "$SCRATCH/nothing" "$SCRATCH/text" "$SCRATCH/zero.seg" "$SCRATCH" 2147483000 no-such-program; do
        check "cinstr $command of ${file##*/} gets one line and status 1" \
            says 1 0 1 "$command" --directory "$SEGMENTS" "$file"
    done
done

# --- reports of Go's own profiles -----------------------------------------------------------------
same_as_top() { # FILE VALUE UNIT
    local unit=$3 short=$3
    [[ $unit == nanoseconds ]] && short=ns
    PPROF_TMPDIR=$SCRATCH go tool pprof -top -nodefraction=0 -nodecount=1000000 -unit="$short" \
        -sample_index="$2" "$1" 2>/dev/null |
        sed -n '/^ *flat  flat%/,$ { /^ *flat/d; s/ *(\(inline\|partial-inline\))$//; p }' |
        awk '{ flat = $1 + 0; cum = $4 + 0; sub(/^ *[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ +[^ ]+ +/, "")
            print flat, cum, $0 }' | sort >"$SCRATCH/go.txt"
    "$CINSTR" report --json --value "$2" "$1" |
        jq -r --arg self "$4" --arg total "$5" '.functions[] | select(.[$total] != 0) |
            "\(.[$self]) \(.[$total]) \(.function)"' | sort >"$SCRATCH/ours.txt"
    [[ -s $SCRATCH/ours.txt ]] && diff "$SCRATCH/go.txt" "$SCRATCH/ours.txt"
}
mkdir "$SCRATCH/go"
check "Go writes its profiles" go run "$TOP/tests/fixtures/go_profiles/main.go" "$SCRATCH/go"
check "go cpu: functions are as pprof -top shows them" \
    same_as_top "$SCRATCH/go/cpu.pb.gz" cpu nanoseconds self_ns total_ns
check "go cpu samples: functions are as pprof -top shows them" \
    same_as_top "$SCRATCH/go/cpu.pb.gz" samples count samples total
check "go allocs: functions are as pprof -top shows them" \
    same_as_top "$SCRATCH/go/allocs.pb.gz" alloc_space b self_bytes total_bytes
check "go mutex: functions are as pprof -top shows them" \
    same_as_top "$SCRATCH/go/mutex.pb.gz" delay nanoseconds self_ns total_ns
check "a profile that Go wrote passes verify" says 0 1 0 verify "$SCRATCH/go/cpu.pb.gz"
check "cinstr stack refuses a profile: only a running process has stacks" says 1 0 1 stack "$SCRATCH/go/cpu.pb.gz"

# --- reports of ours ------------------------------------------------------------------------------
record() {
    program_build gcc waits &&
        printf 'work 7\nexit 0\n' | CINSTR_OPTIONS=output=$SCRATCH/our.pb.gz "$SCRATCH/waits" >/dev/null
}
check "a program is recorded" record || finish
ours=$SCRATCH/our.pb.gz

counted() { # CALLER CALLEE COUNT
    "$CINSTR" report --edges --csv "$ours" | has -F "$1,$2,$3,"
}
check "calls of every edge: main to work" counted main work 1
check "calls of every edge: obey to work" counted obey work 1
check "calls of every edge: work to leaf" counted work leaf 1507

# The callers and callees of a function in a profile of edges are those that pprof -peek shows.
same_as_peek() { # FUNCTION
    PPROF_TMPDIR=$SCRATCH go tool pprof -peek "^$1\$" "$SCRATCH/edges.pb.gz" 2>/dev/null |
        awk -F'|' '/ \| / { split($1, left, " "); name = $2; gsub(/^ +| +$/, "", name)
            if (own == "" && $2 !~ /^   /) { own = name; next }
            print own == "" ? name "," self : self "," name, left[1] }' self="$1" | sort >"$SCRATCH/peek.txt"
    "$CINSTR" report --edges --csv "$SCRATCH/edges.pb.gz" | awk -F, -v self="$1" \
        'NR > 1 && $1 != $2 && $3 > 0 && ($1 == self || $2 == self) { print $1 "," $2, $3 }' |
        sort >"$SCRATCH/ours.txt"
    [[ -s $SCRATCH/ours.txt ]] && diff "$SCRATCH/peek.txt" "$SCRATCH/ours.txt"
}
dump_edges() { # dumps the edges of the program while it waits
    local answer
    coproc waits { CINSTR_OPTIONS=output=none:directory=$SEGMENTS "$SCRATCH/waits"; }
    read -r -u "${waits[0]}" answer && [[ $answer == ready ]] &&
        "$CINSTR" dump -q --kind edges --directory "$SEGMENTS" -o "$SCRATCH/edges.pb.gz" "$SCRATCH/waits"
    local status=$?
    send "${waits[1]}" 'exit\n'
    wait
    return "$status"
}
check "dump --kind edges writes a profile of a running program" dump_edges
check "callers and callees of work are as pprof -peek shows them" same_as_peek work
check "callers and callees of main are as pprof -peek shows them" same_as_peek main

for view in "" --edges --tree; do
    # shellcheck disable=SC2086
    check "report $view --json parses" eval '"$CINSTR" report $view --json "$ours" | jq -e .contexts'
    check "report $view --csv has as many fields in every line" eval \
        '"$CINSTR" report $view --csv "$ours" | awk -F, "NR == 1 { n = NF } NF != n { exit 1 }"'
    check "report $view names main" eval '"$CINSTR" report $view "$ours" | has "main"'
done
check "the calls of all edges add up to those of all functions" eval \
    '(($("$CINSTR" report --csv "$ours" | awk -F, "NR > 1 { n += \$2 } END { print n }") ==
       $("$CINSTR" report --edges --csv "$ours" | awk -F, "NR > 1 { n += \$3 } END { print n }")))'
focused() {
    "$CINSTR" report --csv --focus '^obey$' "$ours" >"$SCRATCH/focus.csv" && grep -q '^leaf,7,' "$SCRATCH/focus.csv" &&
        ! grep -q '^sleep_inside,' "$SCRATCH/focus.csv"
}
check "--focus keeps the stacks with a matching function" focused
check "--show keeps the rows of matching functions" eval \
    '[[ $("$CINSTR" report --csv --show "^le" "$ours" | cut -d, -f1 | tail -n +2) == leaf ]]'
check "--limit 1 leaves one row" eval '(($("$CINSTR" report --csv -n 1 "$ours" | wc -l) == 2))'
# Above the table there are the sum with its interval and at most one warning. --verbose has everything else.
is_brief() {
    "$CINSTR" report "$ours" | sed '/^$/,$d' >"$SCRATCH/head" && (($(wc -l <"$SCRATCH/head") <= 2)) &&
        ! sed 1d "$SCRATCH/head" | has -v '^warning ' &&
        head -n 1 "$SCRATCH/head" | has '^cpu  *[0-9.]* [mnu]*s .*; [0-9,]* calls in [0-9,]* contexts$'
}
check "above a table there are at most two lines: the sum and a warning" is_brief
# waits.c has threads. demo.sh tests the default for programs without.
threads_by_cpu() {
    go tool pprof -top "$ours" 2>"$SCRATCH/err" | has '^Type: cpu$' &&
        "$CINSTR" report "$ours" | has -- '--value wall shows wall time' &&
        "$CINSTR" report --value wall "$ours" | has '^wall  *[0-9]'
}
check "report and pprof show CPU time of a program with threads, and report says how to see wall time" threads_by_cpu
check "--verbose shows how calls add up" eval '"$CINSTR" report --verbose "$ours" | has "^note  *calls [0-9]* = returns"'
check "--value refuses an unknown value and lists those there are" eval \
    '! "$CINSTR" report --value heap "$ours" 2>"$SCRATCH/err" && grep -q "choose calls, wall" "$SCRATCH/err"'
check "report reads a profile from standard input" eval '"$CINSTR" report --csv - <"$ours" | has "^leaf,1507,"'
check "report reads a profile from a pipe" eval '"$CINSTR" report --csv <(cat "$ours") | has "^leaf,1507,"'
check "a profile of the program passes verify" says 0 1 0 verify "$ours"

altered() { # the profile's samples do not add up to the sum that it states
    zcat "$ours" | sed 's/calls 15\([0-9][0-9]\) = /calls 95\1 = /' | gzip >"$SCRATCH/altered.pb.gz"
    says 1 0 - verify "$SCRATCH/altered.pb.gz" && grep -q 'but it states 95' "$SCRATCH/err"
}
check "verify rejects a profile that does not add up, and says what does not" altered

finish
