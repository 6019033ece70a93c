#!/bin/bash
# SPDX-License-Identifier: MIT
# Profiles are taken from a running process without stopping it, ten times a second during the whole run of
# eight threads that end and begin again. Every dump passes verify, no count ever goes backwards, and the last
# dump has what the process itself writes when it ends, which is what it has counted.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"

check "the checker builds" harness_build || finish
check "the program of eight threads builds" program_build "${compilers[0]}" live || finish

# grows BEFORE AFTER: no edge of BEFORE has fewer calls in AFTER.
grows() {
    awk -F, 'FNR == 1 { next } FILENAME == ARGV[1] { before[$1 "," $2] = $3; next }
        { after[$1 "," $2] = $3 }
        END { for (edge in before) if (after[edge] + 0 < before[edge] + 0) {
            print edge ": " before[edge] " calls, then " after[edge] + 0; wrong = 1 } exit wrong }' "$1" "$2"
}

# dump_once PID: takes one dump of the running process, verifies it and compares it with the one before.
dump_once() {
    local now=$SCRATCH/now
    "$CINSTR" verify "$1" || return 1
    "$CINSTR" dump "$1" -o "$now.pb.gz" && "$CINSTR" verify "$now.pb.gz" &&
        edges_of "$now.pb.gz" >"$now.csv" || return 1
    [[ ! -f $SCRATCH/before.csv ]] || grows "$SCRATCH/before.csv" "$now.csv" || return 1
    mv "$now.csv" "$SCRATCH/before.csv"
    dumps=$((dumps + 1))
}

# Between two dumps it waits a tenth of a second for the message that the work is done.
dump_all_along() { # PID
    local word=
    read -r -u "$out" word && [[ $word == ready ]] || { echo "it printed no 'ready'" && return 1; }
    until read -r -t 0.1 -u "$out" word && [[ $word == "done" ]]; do
        kill -0 "$1" || { echo "it ended before its work was done" && return 1; }
        dump_once "$1" || return 1
    done
    ((dumps >= 10)) || { echo "only $dumps dumps: the run was too short to prove anything" && return 1; }
}

last_is_final() { # PID
    dump_once "$1" || return 1
    send "$in" '\n'
    wait "$1" || { echo "it ended with $?" && return 1; }
    says_nothing live && profiles_match live && "$CINSTR" verify "$SCRATCH/live.$1.pb.gz" &&
        edges_of "$SCRATCH/live.$1.pb.gz" >"$SCRATCH/final.csv" &&
        diff <(cut -d, -f1-3 "$SCRATCH/before.csv" | sort) \
            <(cut -d, -f1-3 "$SCRATCH/final.csv" | sort)
}

export CINSTR_OPTIONS=directory=$SEGMENTS # where the command looks for processes
dumps=0
forget live
mkfifo "$SCRATCH/in" "$SCRATCH/out"
TRUTH_OUTPUT=$SCRATCH/live.truth \
    CINSTR_OPTIONS="output=$SCRATCH/live.%p.pb.gz:directory=$SEGMENTS" \
    "$SCRATCH/live" "${ROUNDS:-1500}" <"$SCRATCH/in" >"$SCRATCH/out" 2>"$SCRATCH/live.err" &
pid=$!
exec {in}>"$SCRATCH/in" {out}<"$SCRATCH/out"
check "ten dumps a second of eight threads pass verify, and counts never go backwards" \
    dump_all_along $pid || { kill -KILL $pid && finish; }
printf '# %d dumps\n' "$dumps"
check "the last dump has what the process writes when it ends" last_is_final $pid
finish
