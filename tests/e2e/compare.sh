#!/bin/bash
# SPDX-License-Identifier: MIT
# cinstr compare: real samples of a program with known shares agree with its exact profile, both samples of
# the same run and of a plain build; a program with other shares is detected. tests/unit/compare_test.c tests
# the statistics. Even samples that agree may differ by chance: the tests fail only below a probability of one
# in a million, where the command draws the line at one in twenty.
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
check "programs with known shares build" build || finish
# 250 samples a second, which is as often as the kernel looks at its timers.
sample() { # NAME PROGRAM ARGUMENTS…
    "$CINSTR" run -q --sample=250 -o "$1.pb.gz" "${@:2}" >/dev/null && [[ -s $1.cpu.pb.gz ]]
}
check "an instrumented run is sampled" sample same ./shares 400
check "a plain build is sampled as well" sample plain ./plain 400
check "a program with other shares is sampled" sample other ./other 400

# agrees EXACT SAMPLED BASIS FUNCTIONS OPTION…: compared on that basis, nothing differs beyond chance.
agrees() {
    "$CINSTR" compare --json --limit 0 "${@:5}" "$1" "$2" >json || return 1
    jq -e --arg basis "$3" --argjson least "$4" '.against == $basis and .chi_square_p > 1e-6 and
        ([.rows[] | select(.p < 1e-6)] == []) and .samples > 300 and .unmatched < .samples / 20 and
        ([.rows[] | select(.function | startswith("work_"))] | length) >= $least' json ||
        { jq -c 'del(.rows)' json && jq -c '.rows[] | [.function, .exact_share, .samples, .p]' json && return 1; }
}
check "samples of the same run agree with raw times" agrees same.pb.gz same.cpu.pb.gz raw 11
check "samples of a plain build agree with corrected times" agrees same.pb.gz plain.cpu.pb.gz corrected 11
check "samples of a plain build agree with corrected times context by context" agrees same.pb.gz plain.cpu.pb.gz corrected 11 --contexts

# read() takes nearly all of the wall time and hardly any CPU time.
by_the_wall_clock() {
    gcc -O2 -g -finstrument-functions "$TOP/tests/programs/sampled.c" -o sampled -pthread "${LINK_CINSTR[@]}" &&
        sleep 1 | "$CINSTR" run -q --sample=250 --sample-clock wall -o wall.pb.gz ./sampled read >/dev/null &&
        "$CINSTR" compare --json --limit 0 wall.pb.gz wall.wall.pb.gz >json || return
    jq -e '.value == "wall" and .samples > 100 and ([.rows[] | select(.p < 1e-6)] == []) and
        ([.rows[] | select(.function == "run_read" and .exact_share > 0.9 and .samples > 90)] != [])' json ||
        { jq -c . json && return 1; }
}
check "samples of the wall clock are compared with wall time" by_the_wall_clock
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
check "samples of a running process are compared with its wall time" while_it_runs

finds_the_other() {
    "$CINSTR" compare --must-agree same.pb.gz other.cpu.pb.gz >text
    (($? == 1)) && grep -q ' less .* work_b ' text && grep -q ' more .* work_c ' text &&
        grep -q '^verdict .* functions differ beyond chance' text || return 1
    "$CINSTR" compare --json --limit 0 same.pb.gz other.cpu.pb.gz |
        jq -e '[.rows[] | select(.p < 1e-6) | .function] | sort == ["work_b", "work_c"]'
}
check "the two functions whose shares differ are found, and no third" finds_the_other

lists_contexts() {
    "$CINSTR" compare --contexts same.pb.gz same.cpu.pb.gz | has 'work_a < run < main'
}
check "--contexts compares contexts" lists_contexts
compares_several() {
    "$CINSTR" compare same.pb.gz same.cpu.pb.gz plain.cpu.pb.gz >text && (($(grep -c '^sampled ' text) == 2))
}
check "several sampled profiles are compared at once, each on its own basis" compares_several
counts_the_unseen() {
    "$CINSTR" compare --json --limit 0 same.pb.gz same.cpu.pb.gz | jq -e '[.rows[] | select(.samples == 0)] as $unseen |
        .never_sampled == ($unseen | length) and .never_sampled_calls == ([$unseen[].calls] | add // 0)'
}
check "functions that were never sampled are counted" counts_the_unseen

refused() { # STATUS WORDS ARGUMENTS…
    local status=$1 words=$2 actual
    shift 2
    "$CINSTR" compare "$@" >out 2>err
    actual=$?
    ((actual == status)) && is_empty out && (($(wc -l <err) <= 2)) && grep -q -- "$words" err && return
    echo "status $actual" && cat err && return 1
}
check "one profile alone is refused" refused 2 "at least one sampled" same.pb.gz
check "a sampled profile instead of an exact one is refused" refused 1 "is not exact" same.cpu.pb.gz same.cpu.pb.gz
check "an exact profile instead of a sampled one is refused, with a pointer to cinstr diff" refused 1 "is not sampled.*cinstr diff" \
    same.pb.gz same.pb.gz
check "a program is recorded without CPU time" "$CINSTR" run -q --no-cpu -o wall_only.pb.gz ./shares 20
check "CPU samples without CPU time to compare with are refused" refused 1 "samples are of CPU time" wall_only.pb.gz same.cpu.pb.gz
check "an unknown basis is wrong usage" refused 2 "raw or corrected" --against half same.pb.gz same.cpu.pb.gz
check "a limit that is no number is wrong usage" refused 2 "number of rows" --limit -1 same.pb.gz same.cpu.pb.gz
echo text >text.pb.gz
check "a file that is no profile is an error" refused 1 text.pb.gz same.pb.gz text.pb.gz
finish
