#!/bin/bash
# SPDX-License-Identifier: MIT
# block= and mutex=: the profiles of waiting time have each wait, charged to the function that waited and to
# the one that held the lock. A call that does not wait is in neither. The truth is locks.c, which waits a
# known number of times and measures how long; it is built with hooks and without.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"

LINK=(-L"$BUILD" -lcinstr_block "${LINK_CINSTR[@]}")
ON=:block=io:mutex=1

# callers PROFILE: NAME CONTENTIONS DELAY, summed by the function that called the one that waits
callers() {
    go tool pprof -raw "$1" | awk '
        /^Samples:/ { getline; on = 1; next }
        /^Locations/ { on = 0; places = 1; next }
        /^Mappings/ { places = 0 }
        on && /: / { sub(":", "", $2); caller[++n] = $4; count[n] = $1; delay[n] = $2 }
        places { sub(":", "", $1); name[$1] = $4 }
        END { for (k = 1; k <= n; k++) { f = name[caller[k]]; c[f] += count[k]; d[f] += delay[k] }
            for (f in c) printf "%s %d %.0f\n", f, c[f], d[f] }' | sort
}

# as_measured FOUND EXPECTED: the same numbers of waits, and times up to 20 % shorter: the program's own
# measurement encloses the library's.
as_measured() {
    awk 'FNR == NR { count[$1] = $2; delay[$1] = $3; next }
        { wanted++
          if (count[$1] != $2 || delay[$1] > $3 || delay[$1] < $3 * 0.8) {
            print $1 ": found " count[$1] " " delay[$1] ", of " $2 " " $3; wrong = 1 } }
        END { exit wrong || !wanted }' "$1" "$2"
}

who_waited() { # EXPECTED WAITERS ARE IN THE PROFILE
    EXTRA_OPTIONS=$ON program_run locks && is_empty "$SCRATCH/locks.err" || return
    callers "$SCRATCH"/locks.*.block.pb.gz >"$SCRATCH/waited" &&
        grep -v -E '^(held|sleeps) ' "$SCRATCH/locks.out" >"$SCRATCH/expected"
    as_measured "$SCRATCH/waited" "$SCRATCH/expected" || { cat "$SCRATCH/waited" && return 1; }
}

# The holder of a lock is charged all waits for it, except the time that waking up takes.
who_held() {
    callers "$SCRATCH"/locks.*.mutex.pb.gz >"$SCRATCH/held" &&
        sed -n 's/^held //p' "$SCRATCH/locks.out" >"$SCRATCH/expected"
    as_measured "$SCRATCH/held" "$SCRATCH/expected" || { cat "$SCRATCH/held" && return 1; }
}

all_is_charged() {
    awk 'FNR == NR { if ($1 ~ /^waits_(for_mutex|to_read|to_write|for_c11)$/) waited += $3; next }
        { held += $3 } END { print waited, held; exit waited != held }' "$SCRATCH/waited" "$SCRATCH/held"
}

sleeps_are_there() {
    awk '$1 == "sleeps" { found = 1; if ($2 != 5 || $3 < 10000000) wrong = 1 }
        END { exit !found || wrong }' "$SCRATCH/waited"
}

joins_once() {
    grep -q '^joins 1 ' "$SCRATCH/waited" || ! grep -q '^joins ' "$SCRATCH/waited"
}

leaves_are_named() {
    go tool pprof -peek 'waits_for_mutex$' "$SCRATCH"/locks.*.block.pb.gz | has '|   pthread_mutex_lock$' &&
        go tool pprof -peek 'holds_mutex$' "$SCRATCH"/locks.*.mutex.pb.gz | has '|   pthread_mutex_unlock$'
}

for compiler in "${compilers[@]}"; do
    check "$compiler: a program of known waits builds" program_build "$compiler" locks || continue
    check "$compiler: each function has the waits that it measured, and their time" who_waited
    check "$compiler: each holder has the waits for its lock, and their time" who_held
    check "$compiler: holders are charged all the time that was waited for their locks, to the nanosecond" all_is_charged
    check "$compiler: a lock that is free and input that is ready are no waits" \
        eval '! grep never_waits "$SCRATCH/waited"'
    check "$compiler: sleeps are waits" sleeps_are_there
    check "$compiler: a join waits once, or not at all" joins_once
    check "$compiler: the innermost frame is the function that waited or unlocked" leaves_are_named
    check "$compiler: the exact profile passes verify" "$CINSTR" verify "$SCRATCH"/locks.*[0-9].pb.gz
done

io_only_on_demand() {
    EXTRA_OPTIONS=:block=1 program_run locks && callers "$SCRATCH"/locks.*.block.pb.gz >"$SCRATCH/waited" &&
        grep -q '^waits_for_mutex 10 ' "$SCRATCH/waited" && ! grep -E 'waits_for_input|sleeps' "$SCRATCH/waited" &&
        [[ ! -e $(echo "$SCRATCH"/locks.*.mutex.pb.gz) ]]
}
check "block=1 records waits for locks alone, and no mutex profile" io_only_on_demand

cancelled() {
    EXTRA_OPTIONS=$ON program_run locks cancel && is_empty "$SCRATCH/locks.err" &&
        callers "$SCRATCH"/locks.*.block.pb.gz | has '^waits_in_vain 1 '
}
check "a wait that ends by cancellation is recorded, and the thread is cancelled" cancelled

without_hooks() {
    # gcc may turn a call at a function's end into a jump, which leaves no return address on the stack.
    gcc -g -O2 -w -fno-optimize-sibling-calls "$PROGRAMS/locks.c" -pthread -o "$SCRATCH/locks.plain" || return
    "$CINSTR" run -q -o none --block=io --blockprofile "$SCRATCH/b.pb.gz" --mutexprofile "$SCRATCH/m.pb.gz" \
        -- "$SCRATCH/locks.plain" >"$SCRATCH/locks.out" || return
    callers "$SCRATCH/b.pb.gz" >"$SCRATCH/waited" && callers "$SCRATCH/m.pb.gz" >"$SCRATCH/held" &&
        grep -v -E '^(held|sleeps) ' "$SCRATCH/locks.out" >"$SCRATCH/expected" &&
        as_measured "$SCRATCH/waited" "$SCRATCH/expected" && who_held_it
}
who_held_it() {
    sed -n 's/^held //p' "$SCRATCH/locks.out" >"$SCRATCH/expected"
    as_measured "$SCRATCH/held" "$SCRATCH/expected"
}
check "run --blockprofile --mutexprofile finds the same in a program without hooks" without_hooks


says_that_it_is_missing() {
    LINK=("${LINK_CINSTR[@]}")
    program_build gcc locks || return
    EXTRA_OPTIONS=$ON program_run locks
    (($(wc -l <"$SCRATCH/locks.err") == 1)) && grep -q 'lcinstr_block' "$SCRATCH/locks.err"
}
check "block= without libcinstr_block gets one line" says_that_it_is_missing

finish
