#!/bin/bash
# SPDX-License-Identifier: MIT
# cinstr compare: real samples of a program of known shares agree with its exact profile, in its own
# run and in that of a plain build; a program that does something else is found out. tests/unit/compare_test.c has the statistics. What must not differ may by chance: a
# probability is held to one in a million here, not to the command's one in twenty.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$SCRATCH" || exit 1

build() {
    local source=$TOP/tests/programs/shares.c
    gcc -O2 -g -finstrument-functions "$source" -o shares "${LINK_CINSTR[@]}" &&
        gcc -O2 -g "$source" -o plain &&
        sed 's/work_b, 150/work_b, 10/; s/work_c, 120/work_c, 260/' "$source" >other.c &&
        gcc -O2 -g other.c -o other
}
check "programs of known shares build" build || finish
# Sampled 250 times a second: as often as the kernel looks at its timers.
sample() { # NAME PROGRAM ARGUMENTS…
    "$CINSTR" run -q --sample=250 -o "$1.pb.gz" "${@:2}" >/dev/null && [[ -s $1.cpu.pb.gz ]]
}
check "an instrumented run is sampled" sample same ./shares 400
check "a plain one is sampled as well" sample plain ./plain 400
check "and one that does something else" sample other ./other 400

# agrees EXACT SAMPLED BASIS FUNCTIONS OPTION…: nothing differs but by chance, on that basis.
agrees() {
    "$CINSTR" compare --json --limit 0 "${@:5}" "$1" "$2" >json || return 1
    jq -e --arg basis "$3" --argjson least "$4" '.against == $basis and .chi_square_p > 1e-6 and
        ([.rows[] | select(.p < 1e-6)] == []) and .samples > 300 and .unmatched < .samples / 20 and
        ([.rows[] | select(.function | startswith("work_"))] | length) >= $least' json ||
        { jq -c 'del(.rows)' json && jq -c '.rows[] | [.function, .exact_share, .samples, .p]' json && return 1; }
}
check "samples of the same run agree with its raw times" agrees same.pb.gz same.cpu.pb.gz raw 11
check "samples of a plain build agree with the times as corrected" agrees same.pb.gz plain.cpu.pb.gz corrected 11
check "and so they do context by context" agrees same.pb.gz plain.cpu.pb.gz corrected 11 --contexts

# A read takes nearly all of the time and none of the CPU's.
by_the_wall_clock() {
    gcc -O2 -g -finstrument-functions "$TOP/tests/programs/sampled.c" -o sampled -pthread "${LINK_CINSTR[@]}" &&
        sleep 1 | "$CINSTR" run -q --sample=250 --sample-clock wall -o wall.pb.gz ./sampled read >/dev/null &&
        "$CINSTR" compare --json --limit 0 wall.pb.gz wall.wall.pb.gz >json || return
    jq -e '.value == "wall" and .samples > 100 and ([.rows[] | select(.p < 1e-6)] == []) and
        ([.rows[] | select(.function == "run_read" and .exact_share > 0.9 and .samples > 90)] != [])' json ||
        { jq -c . json && return 1; }
}
check "samples of the wall clock are held against wall time" by_the_wall_clock
while_it_runs() {
    local pid status
    mkdir -m 700 segments && mkfifo said || return
    CINSTR_OPTIONS=output=none:directory=$SCRATCH/segments:sample=250:sample_clock=wall ./sampled live >said &
    pid=$!
    read -r _ <said
    "$CINSTR" compare --json --directory segments "$pid" "$pid" >json
    status=$?
    kill "$pid"
    wait "$pid"
    ((status == 0)) && jq -e '.value == "wall" and .samples > 10 and .against == "raw"' json
}
check "those of a process that runs as well" while_it_runs

finds_the_other() {
    "$CINSTR" compare --must-agree same.pb.gz other.cpu.pb.gz >text
    (($? == 1)) && grep -q ' less .* work_b ' text && grep -q ' more .* work_c ' text &&
        grep -q '^verdict .* functions differ beyond chance' text || return 1
    "$CINSTR" compare --json --limit 0 same.pb.gz other.cpu.pb.gz |
        jq -e '[.rows[] | select(.p < 1e-6) | .function] | sort == ["work_b", "work_c"]'
}
check "two functions with other shares are found, and no third" finds_the_other

lists_contexts() {
    "$CINSTR" compare --contexts same.pb.gz same.cpu.pb.gz | has 'work_a < run < main'
}
check "contexts are compared as well" lists_contexts
compares_several() {
    "$CINSTR" compare same.pb.gz same.cpu.pb.gz plain.cpu.pb.gz >text && (($(grep -c '^sampled ' text) == 2))
}
check "several sampled profiles at once, each on its own basis" compares_several
counts_the_unseen() {
    "$CINSTR" compare --json --limit 0 same.pb.gz same.cpu.pb.gz | jq -e '[.rows[] | select(.samples == 0)] as $unseen |
        .never_sampled == ($unseen | length) and .never_sampled_calls == ([$unseen[].calls] | add // 0)'
}
check "what was never sampled is counted" counts_the_unseen

refused() { # STATUS WORDS ARGUMENTS…
    local status=$1 words=$2 actual
    shift 2
    "$CINSTR" compare "$@" >out 2>err
    actual=$?
    ((actual == status)) && is_empty out && (($(wc -l <err) <= 2)) && grep -q -- "$words" err && return
    echo "status $actual" && cat err && return 1
}
check "one profile is not enough" refused 2 "at least one sampled" same.pb.gz
check "a sampled profile is not exact" refused 1 "is not exact" same.cpu.pb.gz same.cpu.pb.gz
check "an exact profile is not sampled, and that points to diff" refused 1 "is not sampled.*cinstr diff" \
    same.pb.gz same.pb.gz
check "a basis that is none is wrong usage" refused 2 "raw or corrected" --against half same.pb.gz same.cpu.pb.gz
check "a limit that is no number is wrong usage" refused 2 "number of rows" --limit -1 same.pb.gz same.cpu.pb.gz
echo text >text.pb.gz
check "what is no profile is an error" refused 1 text.pb.gz same.pb.gz text.pb.gz
finish
