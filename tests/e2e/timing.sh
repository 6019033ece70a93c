#!/bin/bash
# SPDX-License-Identifier: MIT
# What is recorded about durations: histogram=1 splits the calls of every context by how long they took;
# timing=adaptive times a share of the calls and counts all. Counts are exact with each option, as the
# programs count them, and what a profile states about its own times adds up.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"

check "the checker builds" harness_build || finish
profile_of() {
    echo "$SCRATCH/$1".[0-9]*.pb.gz
}

exact_with() { # OPTIONS COMPILER NAME PROCESSES ARGUMENTS…
    local EXTRA_OPTIONS=:$1
    shift
    exact "$@"
}
for options in timing=adaptive histogram=1 cpu=0 timing=adaptive:histogram=1:contexts=4096; do
    for compiler in "${compilers[@]}"; do
        check "$compiler, $options: every edge is exact" \
            exact_with $options "$compiler" explosive 1 mutual 300000
        check "$compiler, $options: every edge is exact after a million jumps" \
            exact_with $options "$compiler" jumps 1
    done
done

# values PROFILE: a line for each sample, with its values and its tag `duration` in nanoseconds, or -.
values() {
    go tool pprof -raw "$1" | awk '/^Samples:/ { on = 1; getline; next } /^Locations/ { on = 0 }
        on && /: / { sub(/:.*/, ""); line = $0; getline_tag = 0; lines[++n] = line; tag[n] = "-"; next }
        on && /duration:/ { match($0, /duration:\[[0-9]+/); tag[n] = substr($0, RSTART + 10, RLENGTH - 10) }
        END { for (i = 1; i <= n; i++) print lines[i], tag[i] }'
}

histogram_adds_up() {
    local all
    exact_with histogram=1 gcc explosive 1 fib 20 || return 1
    values "$(profile_of explosive)" >"$SCRATCH/values"
    all=$(awk '{ calls += $1; if ($NF != "-") { spread += $1; if ($NF < 1) bad = 1 } }
        END { print calls, spread, bad + 0 }' "$SCRATCH/values")
    echo "calls, calls with a duration, whether any is invalid: $all"
    [[ $all == "21892 21892 0" ]] # fib(20) makes 21891 calls, and main is one
}
check "histogram=1: every call that has ended is in the histogram of its context" histogram_adds_up

histogram_shown() {
    go tool pprof -sample_index=calls -tags "$(profile_of explosive)" >"$SCRATCH/tags" 2>&1 &&
        grep -q ' duration: Total' "$SCRATCH/tags" || { cat "$SCRATCH/tags" && return 1; }
}
check "pprof -tags shows the distribution of durations" histogram_shown

timed_share() {
    local column
    exact_with timing=adaptive gcc explosive 1 fib 27 || return 1
    go tool pprof -raw "$(profile_of explosive)" >"$SCRATCH/raw"
    column=$(awk '/^Samples:/ { getline; for (i = 1; i <= NF; i++) if ($i ~ /^timed_calls\/count/) print i }' "$SCRATCH/raw")
    [[ $column ]] && grep -q ' wall_error/nanoseconds .*variance/microseconds2' "$SCRATCH/raw" || return 1
    values "$(profile_of explosive)" | awk -v timed_calls="$column" '{
            calls += $1; timed += $timed_calls; if ($timed_calls > $1) bad = 1 }
        END { print timed, "of", calls, "timed"; exit !(timed > 0 && timed < calls / 2 && !bad) }'
}
check "timing=adaptive: all calls are counted, fewer than half are timed, and in no context more than all" timed_share

no_cpu() {
    exact_with cpu=0 gcc explosive 1 fib 10 || return 1
    go tool pprof -raw "$(profile_of explosive)" >"$SCRATCH/raw"
    ! grep -q 'cpu/nanoseconds.*overhead' "$SCRATCH/raw" && grep -q 'no CPU time' "$SCRATCH/raw"
}
check "cpu=0: there is no column of CPU time, and the profile says why" no_cpu

# spent VALUE FUNCTION: microseconds of this value that the function itself took, in all calls.
spent() {
    go tool pprof -sample_index="$1" -unit=us -top "$(profile_of spent)" 2>/dev/null |
        awk -v name="$2" '$NF == name { print int($1); found = 1 } END { if (!found) print 0 }'
}

on_and_off() {
    exact_with histogram=1 gcc spent 1 || return 1
    echo "asleep: wall $(spent wall asleep), cpu $(spent cpu asleep);" \
        "awake: wall $(spent wall awake), cpu $(spent cpu awake)"
    (($(spent wall asleep) >= 100000 && $(spent cpu asleep) < 20000)) &&
        (($(spent wall awake) >= 100000 && $(spent cpu awake) >= 99000 && $(spent cpu awake) < 120000))
}
if perf_is_refused=$(CINSTR_OPTIONS=output=none "$SCRATCH/explosive" fib 1 2>&1 | grep 'perf events'); then
    skip "CPU time is what the kernel gave the thread, without sleep" "$perf_is_refused"
else
    check "CPU time is what the kernel gave the thread, without sleep" on_and_off
    longest() {
        values "$(profile_of spent)" | awk '$NF > longest { longest = $NF }
            END { print "longest", longest; exit !(longest >= 1e8) }'
    }
    check "histogram=1: the longest call has its exact duration" longest

    # Together with a loop on the same CPU: the kernel takes the CPU away again and again.
    beside_another() { # OPTIONS
        local cpu other given
        cpu=$(awk '/^Cpus_allowed_list/ { split($2, cpus, /[,-]/); print cpus[1] }' /proc/self/status)
        program_build gcc explosive || return 1
        taskset -c "$cpu" sh -c 'while :; do :; done' &
        other=$!
        given=$(TIMEFORMAT='%U %S' EXTRA_OPTIONS=:$1
            taskset -pc "$cpu" "$BASHPID" >/dev/null
            { time program_run explosive fib 32; } 2>&1)
        kill "$other"
        "$CINSTR" report --csv --value cpu "$(profile_of explosive)" | awk -F, -v given="$given" '
            NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
            { of = $column["self_ns"]; probes += $column["self_overhead_ns"] }
            $1 == "[unplaced]" { unplaced = of; next } { left += of }
            END { split(given, seconds, " "); all = 1e9 * (seconds[1] + seconds[2])
                printf "%.3f s left, %.3f s too much, %.3f s of probes, of %.3f s\n",
                    left / 1e9, unplaced / 1e9, probes / 1e9, all / 1e9
                exit !(probes > 0 && left - unplaced + probes <= 1.02 * all) }'
    }
    for options in timing=exact timing=adaptive; do
        check "$options: on a shared CPU, times and overhead add up to no more than the kernel gave" \
            beside_another $options
    done
fi
finish
