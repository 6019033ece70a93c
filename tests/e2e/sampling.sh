#!/bin/bash
# SPDX-License-Identifier: MIT
# sample=HZ: the number of samples is the CPU time times the rate, and each is where the time was spent; with
# threads, forks, jumps, and processes that are killed. The program, which has timers and signals of its own,
# notices nothing. shares.c states its shares. Every bound on a number of samples is six standard deviations
# wide, which one run in 500 million would miss.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"

check "a program with known shares builds" program_build gcc shares || finish
check "a program that a sampler may disturb builds" \
    program_build gcc sampled -DWITH_CINSTR "-I$TOP/include" || finish
export CINSTR_OPTIONS=directory=$SEGMENTS

# sample RATE NAME ARGUMENTS…: runs it, which writes $SCRATCH/NAME.PID.pb.gz and .cpu.pb.gz.
sample() {
    local EXTRA_OPTIONS=:sample=$1
    shift
    program_run "$@" && says_nothing "$1"
}

# functions PROFILE VALUE: a line for each function, with its own value and its name.
functions() {
    "$CINSTR" report --csv "$1" >"$SCRATCH/report.csv" || return 1
    awk -F, -v value="$2" 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
        { print $column[value], $1 }' "$SCRATCH/report.csv"
}

# total PROFILE VALUE, in the profile's own unit
total() {
    go tool pprof -raw "$1" | awk -v value="$2/" '/^Samples:/ { getline; on = 1
            for (i = 1; i <= NF; i++) if (index($i, value) == 1) column = i; next }
        /^Locations/ { on = 0 } on && /: / && !/:\[/ { sum += $column } END { printf "%.0f\n", sum }'
}

lost_periods() { # PROFILE
    go tool pprof -comments "$1" | awk '/ periods not sampled/ { n = $1 } END { print n + 0 }'
}

# as_expected WHAT FOUND EXPECTED: FOUND is within six standard deviations of a Poisson process
as_expected() {
    awk -v what="$1" -v found="$2" -v expected="$3" 'BEGIN {
        spread = 6 * sqrt(expected) + 6; print what ": " found ", of " expected " +- " spread
        exit !(found > expected - spread && found < expected + spread) }'
}

# --- how much, and where --------------------------------------------------------------------------

# periods_are_time NAME RATE: the samples of all processes together are their CPU time
periods_are_time() {
    local sampled=0 lost=0 exact=0 profile
    for profile in "$SCRATCH/$1".*[0-9].pb.gz; do
        exact=$((exact + $(total "$profile" cpu)))
        sampled=$((sampled + $(total "${profile%.pb.gz}.cpu.pb.gz" cpu)))
        lost=$((lost + $(lost_periods "${profile%.pb.gz}.cpu.pb.gz")))
    done
    ((sampled > lost * (1000000000 / $2))) || { echo "$lost periods were lost, more than were sampled" && return 1; }
    as_expected "$1" $((sampled / (1000000000 / $2) + lost)) $((exact / (1000000000 / $2)))
}

# shares_hold: the samples in $SCRATCH/found have the shares that $SCRATCH/shares.out states.
shares_hold() {
    # Speed varies a little over time: the bounds are 2 % wider.
    awk 'FNR == NR { share[$1] = $2 / 100; next } $2 in share { found[$2] = $1; all += $1 }
        END { for (name in share) { expected = all * share[name]
                spread = 6 * sqrt(expected * (1 - share[name])) + expected / 50 + 1
                print name, found[name] + 0, "of", expected, "+-", spread
                if (found[name] < expected - spread || found[name] > expected + spread) wrong = 1 }
            exit wrong || all < 300 }' "$SCRATCH/shares.out" "$SCRATCH/found"
}

known_shares() {
    sample 500 shares 300 && periods_are_time shares 500 || return 1
    functions "$SCRATCH"/shares.*.cpu.pb.gz samples >"$SCRATCH/found" || return 1
    shares_hold
}
check "each function has its share of the samples, which together are the CPU time" known_shares

in_step() { # a naive sampler finds it in seven samples of ten; on a busy machine no program keeps step with a timer
    sample 500 shares 300 lockstep naive || return 1
    awk '{ all += $3; if ($1 == "in_lockstep") step = $3 } END { exit step < all * 0.7 }' "$SCRATCH/shares.out"
}

found_as_it_is() {
    functions "$SCRATCH"/shares.*.cpu.pb.gz samples | awk '{ all += $1; if ($2 == "in_lockstep") step = $1 }
        END { print step " of " all " samples; one in five is right"; exit !(step < all * 0.5) }'
}
lockstep="a function that runs in step with a fixed timer does not get most of the samples"
if in_step || in_step || in_step; then
    check "$lockstep" found_as_it_is
else
    skip "$lockstep" "the machine is too busy to keep step"
fi

exact_as_without() {
    local EXTRA_OPTIONS=
    program_run shares 50 && edges_of "$SCRATCH"/shares.*.pb.gz | cut -d, -f1-3 | sort >"$SCRATCH/without" &&
        sample 1000 shares 50 && rm "$SCRATCH"/shares.*.cpu.pb.gz &&
        edges_of "$SCRATCH"/shares.*.pb.gz | cut -d, -f1-3 | sort >"$SCRATCH/with" &&
        diff "$SCRATCH/without" "$SCRATCH/with" && grep -q work_k "$SCRATCH/with"
}
check "exact counts are the same with and without sampling" exact_as_without

lines_told() {
    sample 500 shares 50 || return 1
    go tool pprof -raw "$SCRATCH"/shares.*.cpu.pb.gz >"$SCRATCH/raw"
    grep -q '^samples/count cpu/nanoseconds\[dflt\]$' "$SCRATCH/raw" &&
        grep -q '^PeriodType: cpu nanoseconds$' "$SCRATCH/raw" && grep -q '^Period: 2000000$' "$SCRATCH/raw" &&
        grep -q ' work_a .*shares.c:[0-9]' "$SCRATCH/raw" || { cat "$SCRATCH/raw" && return 1; }
}
check "pprof reads samples, CPU time, period and lines" lines_told

hooks_told() {
    program_build gcc explosive && sample 1000 explosive fib 27 || return 1
    functions "$SCRATCH"/explosive.*.cpu.pb.gz samples >"$SCRATCH/found"
    awk '{ all += $1 } $2 == "[cinstr]" { hooks = $1 } $2 ~ /cyg_profile/ { wrong = 1 }
        END { print hooks " of " all " in the hooks"; exit wrong || hooks < all / 10 }' "$SCRATCH/found"
}
check "samples in hooks are told apart from the program's" hooks_told

# Of the same run: $SCRATCH/found has the samples of each function.
times_follow() {
    local exact
    exact=$(compgen -G "$SCRATCH/explosive.*[0-9].pb.gz") || return 1
    functions "$exact" self_cpu_ns >"$SCRATCH/cpu" && functions "$exact" self_overhead_ns >"$SCRATCH/overhead" || return 1
    go tool pprof -comments "$exact" | awk -v cpu="$(awk '{ n += $1 } END { print n }' "$SCRATCH/cpu")" \
        -v overhead="$(awk '{ n += $1 } END { print n }' "$SCRATCH/overhead")" \
        'FNR == NR { all += $1; if ($2 == "[cinstr]") hooks = $1; next }
        $1 == "probes:" && /samples hit them/ { said = $2 " of " $6 }
        END { share = overhead / (cpu + overhead)
            print hooks " of " all " samples; said: " said "; taken out: " share
            exit said != hooks " of " all || share < hooks / all - 0.25 || share > hooks / all + 0.25 }' "$SCRATCH/found" -
}
check "the time that samples found in hooks is subtracted from the times shown" times_follow

# Where no call is timed, samples are all that is known of times. They are in the profile of calls, less what the
# probes took; the program states the shares of its own time.
counted() { # COMPILER OPTIONS
    local EXTRA_OPTIONS=:sample=500$2 exact
    program_build "$1" shares && program_run shares 300 && says_nothing shares || return 1
    exact=$(compgen -G "$SCRATCH/shares.*[0-9].pb.gz") && "$CINSTR" verify "$exact" || return 1
    functions "$exact" self_ns | awk '{ print $1 / 2000000, $2 }' >"$SCRATCH/found" && shares_hold || return 1
    functions "$exact" calls | awk '$2 ~ /^(work_.|in_lockstep)$/ { n++; wrong += $1 != 300 } END { exit n != 12 || wrong }' &&
        "$CINSTR" report "$exact" | has '^cpu  ' && ! go tool pprof -raw "$exact" | has 'wall/nanoseconds' || return 1
    as_expected "periods of both" $((($(total "$exact" cpu) + $(total "$exact" overhead)) / 2000000)) \
        $(($(total "${exact%.pb.gz}.cpu.pb.gz" cpu) / 2000000))
}
nothing_to_compare() {
    ! "$CINSTR" compare "$SCRATCH"/shares.*[0-9].pb.gz "$SCRATCH"/shares.*.cpu.pb.gz 2>"$SCRATCH/err" &&
        has 'of samples themselves' <"$SCRATCH/err"
}
for compiler in gcc clang-14+plugin; do
    check "$compiler: the times of a run that is counted and sampled are its samples'" counted $compiler :timing=count
done
check "clang-14+count: so are those of a program that the plugin was told to count" counted clang-14+count ''
check "compare says that such times are no truth for samples" nothing_to_compare

# --- threads and processes ------------------------------------------------------------------------

many_threads() {
    sample 1000 sampled threads 100 20 && periods_are_time sampled 1000
}
check "100 threads that run for a few periods each are sampled completely" many_threads

forked() {
    sample 500 sampled fork 300 && periods_are_time sampled 500 &&
        [[ $(compgen -G "$SCRATCH/sampled.*.cpu.pb.gz" | wc -l) == 2 ]]
}
check "a fork child is sampled separately from its parent" forked

forgotten() {
    sample 1000 sampled reset 300 || return 1
    as_expected "periods after a reset" $(($(total "$SCRATCH"/sampled.*.cpu.pb.gz cpu) / 1000000)) 1
}
check "cinstr_reset() forgets samples, too" forgotten

# --- exact counts, whatever a sample interrupts ---------------------------------------------------

exact_at_full_speed() { # COMPILER NAME PROCESSES ARGUMENTS…
    local EXTRA_OPTIONS=:sample=10000
    exact "$@"
}
check "the checker builds" harness_build || finish
for compiler in "${compilers[@]}"; do
    check "$compiler, 10,000 samples a second: jumps out of handlers are exact" exact_at_full_speed "$compiler" jumps 1 300000
    check "$compiler, 10,000 samples a second: coroutines are exact" exact_at_full_speed "$compiler" coroutines 1 10000
    check "$compiler, 10,000 samples a second: handlers on the alternate stack are exact" \
        exact_at_full_speed "$compiler" altstack_coroutines 1
    check "$compiler, 10,000 samples a second: forks are exact" exact_at_full_speed "$compiler" forks 21 fork 0 20
done
execs_at_full_speed() { # the message that calls before exec are in no profile is printed once
    local EXTRA_OPTIONS=:sample=10000
    program_build gcc exec_loop && program_run exec_loop 300 && profiles_match exec_loop 1 &&
        (($(wc -l <"$SCRATCH/exec_loop.err") == 1)) && has 'calls before exec, of exec_loop' <"$SCRATCH/exec_loop.err"
}
check "10,000 samples a second: 300 execs succeed, and calls are exact" execs_at_full_speed
check "10,000 samples a second: 1,000 threads at once and 5,000 in a row are exact" \
    exact_at_full_speed gcc thread_storm 1 "$SEGMENTS" 1000 5000

# --- the program notices nothing ------------------------------------------------------------------

own_timer() {
    local own foreign changes
    sample 1000 sampled own 500 || return 1
    read -r _ own _ foreign _ changes <"$SCRATCH/sampled.out"
    echo "its own signals: $own, others: $foreign, errno changed: $changes"
    periods_are_time sampled 1000 && ((own >= 2 && foreign == 0 && changes == 0))
}
check "the program's own SIGPROF timer, handler and errno are not disturbed" own_timer

read_whole() {
    local EXTRA_OPTIONS=:sample=1000 i
    {
        for ((i = 0; i < 300; i++)); do printf . && read -r -t 0.002 _ <>"$SCRATCH/never"; done
    } | program_run sampled read
    grep -x 'failed 0' "$SCRATCH/sampled.out" && says_nothing sampled
}
mkfifo "$SCRATCH/never"
check "a read() that waits is not interrupted" read_whole

waiting() {
    local EXTRA_OPTIONS=:sample=500:sample_clock=wall wall
    sleep 1 | program_run sampled read
    grep -x 'failed 0' "$SCRATCH/sampled.out" && says_nothing sampled || return 1
    wall=$(total "$SCRATCH"/sampled.*.wall.pb.gz wall)
    echo "sampled: $((wall / 1000000)) ms"
    ((wall > 500000000)) && functions "$SCRATCH"/sampled.*.wall.pb.gz self_ns |
        awk -v all="$wall" '$2 ~ /read/ { read += $1 } END { exit !(read > all * 0.9) }'
}
check "sample_clock=wall samples a read() that waits, which is then restarted" waiting

# --- samples read by cinstr dump ------------------------------------------------------------------

live_and_dead() {
    local word pid segment
    mkfifo "$SCRATCH/out"
    CINSTR_OPTIONS=$CINSTR_OPTIONS:sample=500 "$SCRATCH/sampled" live >"$SCRATCH/out" &
    pid=$!
    exec 7<"$SCRATCH/out"
    read -r word <&7
    [[ $word == ready ]] && "$CINSTR" dump --kind cpu -o "$SCRATCH/live.pb.gz" "$pid"
    kill -9 "$pid"
    wait "$pid"
    exec 7<&-
    segment=$(compgen -G "$SEGMENTS/$pid.*.seg") &&
        "$CINSTR" dump --kind cpu -o "$SCRATCH/dead.pb.gz" "$segment" || return 1
    as_expected "alive" $(($(total "$SCRATCH/live.pb.gz" cpu) / 2000000)) 150 &&
        (($(total "$SCRATCH/dead.pb.gz" cpu) >= $(total "$SCRATCH/live.pb.gz" cpu)))
}
check "samples are read from a running process, and after kill -9" live_and_dead

not_sampled() {
    program_run sampled reset 1 && [[ ! -e $(compgen -G "$SCRATCH/sampled.*.cpu.pb.gz") ]] || return 1
    CINSTR_OPTIONS=sample=x:output=none "$SCRATCH/sampled" reset 1 2>&1 | has "bad value 'x' for sample=HZ"
}
check "without sample= there are no samples, and a bad rate gets a line" not_sampled

# --- programs without hooks -----------------------------------------------------------------------

check "the same programs build without hooks" eval 'program_plain gcc shares && program_plain gcc sampled' || finish

# run_plain RATE NAME ARGUMENTS…: runs it, which writes $SCRATCH/NAME.plain.PID.cpu.pb.gz.
run_plain() {
    local rate=$1 name=$2
    shift 2
    rm -f "$SCRATCH/$name".plain.*.pb.gz
    "$CINSTR" run -q "--sample=$rate" -o "$SCRATCH/$name.plain.%p.pb.gz" --directory "$SEGMENTS" -- \
        "$SCRATCH/$name.plain" "$@" >"$SCRATCH/$name.out" 2>"$SCRATCH/$name.err" && says_nothing "$name"
}

# stacks_are_whole PROFILE FUNCTION REGEX: 95 % of the samples in FUNCTION have these callers, innermost
# first. The others may be in a PLT or in code without call frame information.
stacks_are_whole() {
    go tool pprof -traces -sample_index=samples "$1" 2>"$SCRATCH/traces.err" |
        awk -v function_name="$2" -v callers="^$2 $3( |\$)" '/^-+\+/ { end(); next }
            NF == 2 && $1 ~ /^[0-9]+$/ { count = $1; stack = $2; next } count { stack = stack " " $1 }
            END { end(); print good + 0 " of " all; exit !(all > 0 && good >= all * 0.95) }
            function end() { if (index(stack " ", function_name " ") == 1) { all += count
                if (stack ~ callers) good += count } count = 0; stack = "" }'
}

plain_shares() {
    run_plain 500 shares 300 || return 1
    functions "$SCRATCH"/shares.plain.*.cpu.pb.gz samples >"$SCRATCH/found" && shares_hold &&
        stacks_are_whole "$SCRATCH"/shares.plain.*.cpu.pb.gz work_a "run main"
}
check "a program without hooks has the right shares, and complete stacks" plain_shares

plain_threads() {
    run_plain 500 sampled threads 40 50 || return 1
    as_expected "threads" $(($(total "$SCRATCH"/sampled.plain.*.cpu.pb.gz cpu) / 2000000 +
        $(lost_periods "$SCRATCH"/sampled.plain.*.cpu.pb.gz))) 1000 &&
        stacks_are_whole "$SCRATCH"/sampled.plain.*.cpu.pb.gz spin "work thread"
}
check "all threads of a program without hooks are sampled" plain_threads

plain_sort() {
    run_plain 500 sampled sort 500 &&
        stacks_are_whole "$SCRATCH"/sampled.plain.*.cpu.pb.gz spin "compare .* main"
}
check "stacks are followed through libc, which keeps no frame pointers" plain_sort

plain_fork() {
    run_plain 500 sampled fork 300 || return 1
    local profile all=0
    for profile in "$SCRATCH"/sampled.plain.*.cpu.pb.gz; do
        all=$((all + $(total "$profile" cpu) / 2000000 + $(lost_periods "$profile")))
        stacks_are_whole "$profile" spin "work main" || return 1
    done
    as_expected "parent and child" $all 300
}
check "a fork child without hooks is sampled, too" plain_fork

leaves_nothing() {
    rm -f "$SEGMENTS"/*
    "$CINSTR" run -q --sample -o "$SCRATCH/none.%p.pb.gz" --directory "$SEGMENTS" -- \
        sh -c ': && true; (exit 3); exit 4' 2>"$SCRATCH/none.err"
    (($? == 4)) && is_empty "$SCRATCH/none.err" && [[ -z $(ls "$SEGMENTS") ]] &&
        [[ -z $(compgen -G "$SCRATCH/none.*.gz") ]]
}
check "a program that took no CPU time leaves neither profile nor segment" leaves_nothing

instrumented_too() {
    rm -f "$SCRATCH"/shares.*.gz
    "$CINSTR" run -q --sample=1000 -o "$SCRATCH/shares.%p.pb.gz" --directory "$SEGMENTS" -- \
        "$SCRATCH/shares" 150 >/dev/null || return 1
    [[ $(compgen -G "$SCRATCH/shares.*.pb.gz" | wc -l) == 2 ]] &&
        stacks_are_whole "$SCRATCH"/shares.*.cpu.pb.gz work_a "run main [[]libc.so.6[]]"
}
check "run --sample on an instrumented program writes both the samples and the exact profile" instrumented_too

# --- static programs ------------------------------------------------------------------------------

static_program() {
    read -r -a needed < <(pkg-config --static --libs libdw libelf libprotobuf-c zlib)
    local LINK=(-static "-L$BUILD" -lcinstr "-Wl,@$BUILD/libcinstr.static"
        "-Wl,-u,cinstr_writer_main" "$BUILD/static/libcinstr_reader.a" "${needed[@]}" -lsupc++ -lm)
    program_build gcc sampled -DWITH_CINSTR "-I$TOP/include" && sample 500 sampled fork 300 &&
        periods_are_time sampled 500
}
check "a static program is sampled, too" static_program
finish
