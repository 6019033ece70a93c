#!/bin/bash
# SPDX-License-Identifier: MIT
# Tests the public interface from C and C++: it records exactly the calls that its documentation says, its
# errors are errno values, and it does no harm in a program without hooks. The test program (api.c) counts its
# own calls. Further, tests the options in CINSTR_OPTIONS: what each does, and the line that a wrong one gets.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"

check "the checker builds" harness_build || finish

calls_of() { # PROFILE CALLER CALLEE
    edges_of "$1" | sed 's/([^),]*)//g' | awk -F, -v caller="$2" -v callee="$3" '{ gsub(/"/, "") }
        $1 == caller && $2 == callee { print $3 }'
}

api_exact() { # COMPILER FLAGS…
    local compiler=$1 profile
    shift
    program_build "$compiler" api -I"$TOP/include" "$@" &&
        EXTRA_OPTIONS=:start=0 program_run api "$SCRATCH" ||
        { echo "status $?" && cat "$SCRATCH/api.err" && return 1; }
    profiles_match api && profile=$(echo "$SCRATCH"/api.[0-9]*.pb.gz) || return 1
    [[ $(calls_of "$SCRATCH/middle.pb.gz" work leaf) == 7 ]] || { echo "in the middle" && return 1; }
    go tool pprof -raw "$SCRATCH/edges.pb.gz" >"$SCRATCH/raw" &&
        grep -q '^edge_calls/count' "$SCRATCH/raw" || { echo "no edges" && return 1; }
    go tool pprof -sample_index=calls -tagfocus=request=search -top "$profile" \
        >"$SCRATCH/top" 2>&1 && grep -Eq '^ +20 .* leaf(\(\))?$' "$SCRATCH/top" || { cat "$SCRATCH/top" && return 1; }
}
for compiler in "${compilers[@]}"; do
    check "$compiler: start, stop, reset, labels and intermediate profiles are exact, whichever thread calls" api_exact "$compiler"
done

# A reset forgets what an open call did before it. The program reads its clock a moment before or after the
# recorder does: hence the tolerance.
reset_forgets() {
    local spent profile
    program_build gcc reset -I"$TOP/include" && program_run reset || return
    spent=$(<"$SCRATCH/reset.out")
    profile=$(echo "$SCRATCH"/reset.[0-9]*.pb.gz)
    "$CINSTR" report --csv "$profile" | awk -F, -v spent="$spent" '
        NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
        $1 == "worker" { cpu = $column["self_cpu_ns"] }
        END { printf "%d of %d ns\n", cpu, spent; exit !(cpu > 0.9 * spent && cpu < 1.1 * spent) }'
}
check "a reset forgets all time before it, that of open calls too" reset_forgets
check "the interface does the same from C++" api_exact g++ -x c++ -std=c++17

says_errors_once() {
    [[ $(grep -c . "$SCRATCH/api.err") -eq 0 ]]
}
check "errors are errno values, and nothing is printed on standard error" says_errors_once

harmless() {
    gcc -g -O2 -w -std=gnu11 -I"$TOP/include" "$PROGRAMS/harmless.c" "${LINK_CINSTR[@]}" \
        -o "$SCRATCH/harmless" &&
        forget harmless && program_run harmless && says_nothing harmless || return 1
    ! compgen -G "$SCRATCH/harmless.*.pb.gz" && [[ -z $(ls -A "$SEGMENTS") ]]
}
check "without hooks the interface does nothing: no profile, no segment, no message" harmless

if [[ $(uname -m) == x86_64 ]]; then
    for compiler in "${compilers[@]}"; do
        switched() {
            program_build "$compiler" switched -I"$TOP/include" && program_run switched 1000 &&
                says_nothing switched && profiles_match switched
        }
        check "$compiler: calls on stacks that the program switches by itself are exact" switched
    done
fi

# --- options ----------------------------------------------------------------------------------------

program_build gcc live || finish
# says OPTIONS PATTERN: the recorder prints one line, which matches, and the program runs on.
says() {
    CINSTR_OPTIONS="directory=$SEGMENTS:output=$SCRATCH/live.pb.gz:$1" "$SCRATCH/live" 1 \
        <<<'' >"$SCRATCH/out" 2>"$SCRATCH/err" || return 1
    cat "$SCRATCH/err"
    [[ $(wc -l <"$SCRATCH/err") -eq 1 ]] && grep -Eq "$2" "$SCRATCH/err"
}
# The same, with a second line that says where the records are kept.
says_unwritten() {
    local segment
    CINSTR_OPTIONS="directory=$SEGMENTS:$1" "$SCRATCH/live" 1 <<<'' >"$SCRATCH/out" 2>"$SCRATCH/err" || return 1
    cat "$SCRATCH/err"
    segment=$(left_segment) && [[ $(wc -l <"$SCRATCH/err") -eq 2 ]] && grep -Eq "$2" "$SCRATCH/err" &&
        grep -q "the profile is kept: cinstr dump $segment" "$SCRATCH/err" && rm "$segment"
}
check "an unknown option gets one line that lists the options there are" \
    says nonsense=1 "no option 'nonsense'; there are output, .*timing.*, help"
check "a bad value gets one line that says which values are allowed" \
    says contexts=12 "bad value '12' for contexts=N: .*1024"
check "an unknown kind of timing gets such a line, too" says timing=sometimes "bad value 'sometimes' for timing="
check "an output name with an unknown % sequence gets a line" \
    says_unwritten 'output=x.%q' 'only %p, %e, %h and %% are known'

prints_help() {
    CINSTR_OPTIONS="directory=$SEGMENTS:output=none:help=1" "$SCRATCH/live" 1 <<<'' >/dev/null 2>"$SCRATCH/err" &&
        for option in output directory contexts timing cpu histogram start help; do
            grep -q "^cinstr:   $option=" "$SCRATCH/err" || { echo "$option is not described" && return 1; }
        done
}
check "an output file that cannot be written gets a line, and a second says where the profile is kept" \
    says_unwritten output=/nonexistent/file 'cannot write /nonexistent/file: No such file'
check "help=1 describes every option" prints_help

named() {
    (cd "$SCRATCH" && CINSTR_OPTIONS="directory=$SEGMENTS:output=of-%e-%h-%%.pb.gz" ./live 1 <<<'' >/dev/null) &&
        [[ -s $SCRATCH/of-live-$(hostname)-%.pb.gz ]]
}
check "%e, %h and %% in output= become the program, the host and a percent sign" named
none() {
    (cd "$SCRATCH" && rm -f ./*.pb.gz && CINSTR_OPTIONS="directory=$SEGMENTS:output=none" ./live 1 <<<'' >/dev/null) &&
        ! compgen -G "$SCRATCH/*.pb.gz" && [[ -z $(ls -A "$SEGMENTS") ]]
}
check "output=none writes no profile and leaves no segment" none
default_name() {
    (cd "$SCRATCH" && CINSTR_OPTIONS="directory=$SEGMENTS" ./live 1 <<<'' >/dev/null) &&
        compgen -G "$SCRATCH/cinstr.live.[0-9]*.pb.gz"
}
check "without output= the profile is cinstr.PROGRAM.PID.pb.gz" default_name
finish
