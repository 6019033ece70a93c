#!/bin/bash
# SPDX-License-Identifier: MIT
# A process's life: calls before the recorder starts and after main, every way to end, kill -9 at any moment,
# thousands of threads, thread-specific data, a main thread that ends first. Each program (tests/programs)
# counts its own calls, and none may be lost. KILLS=1000 makes a long run.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"

check "the checker builds" harness_build || finish

# Five calls are made before main. Each is listed by name or counted as [before init]. With the plugin they
# are four: it puts no hooks into ifunc resolvers.
early_calls_kept() { # COMPILER EDGES
    local early=5
    [[ $1 != *+* ]] || early=4
    awk -F, -v early=$early '{ gsub(/"/, "") } $2 ~ /^(early|early_leaf|resolve|begin|\[before init\])$/ { n += $3 }
        $2 == "leaf" { leaf += $3 } $2 == "leaf_chosen" { chosen += $3 }
        END { print n, leaf, chosen; exit !(n == early && leaf == 1000 && chosen == 1) }' "$2"
}

preinit_exact() { # COMPILER FLAGS…
    local compiler=$1
    shift
    program_build "$compiler" preinit "$@" && program_run preinit ||
        { echo "status $?" && head -n 3 "$SCRATCH/preinit.err" && return 1; }
    says_nothing preinit &&
        edges_of "$SCRATCH"/preinit.*.pb.gz >"$SCRATCH/preinit.csv" &&
        early_calls_kept "$compiler" "$SCRATCH/preinit.csv"
}

# A static program may be unable to write its profile: then its segment is dumped. It is linked without a run
# path, which it does not need, and with which glibc 2.36 ends a static-pie program.
preinit_static() { # COMPILER FLAGS…
    local compiler=$1 segment
    local LINK=(-L"$BUILD" -lcinstr)
    shift
    program_build "$compiler" preinit "$@" 2>/dev/null || return 1
    program_run preinit || { echo "status $?" && return 1; }
    grep -qx "$(("$(head -n 1 "$SCRATCH/preinit.out")"))" "$SCRATCH/preinit.out" || return 1
    if [[ -f $(echo "$SCRATCH"/preinit.*.pb.gz) ]]; then
        edges_of "$SCRATCH"/preinit.*.pb.gz >"$SCRATCH/preinit.csv"
    else
        segment=$(left_segment) && "$CINSTR" dump "$segment" -o "$SCRATCH/dump.pb.gz" &&
            edges_of "$SCRATCH/dump.pb.gz" >"$SCRATCH/preinit.csv"
    fi && early_calls_kept "$compiler" "$SCRATCH/preinit.csv"
}

for compiler in "${compilers[@]}"; do
    check "$compiler: calls before main are kept with lazy binding" preinit_exact "$compiler" -Wl,-z,lazy
    check "$compiler: calls before main are kept with binding at start" preinit_exact "$compiler" -Wl,-z,now
    check "$compiler: calls before main are kept without position-independent code" \
        preinit_exact "$compiler" -no-pie -fno-pie
    check "$compiler: calls before main are kept in a static program" preinit_static "$compiler" -static
    check "$compiler: calls before main are kept in a static position-independent program" \
        preinit_static "$compiler" -static-pie -fPIE
done

ends_with() { # HOW STATUS
    local status
    program_run endings "$1"
    status=$?
    ((status == $2)) || { echo "status $status, not $2" && return 1; }
    says_nothing endings || return 1
    case $1 in
    return | exit) profiles_match endings ;;
    *) dump_matches endings ;;
    esac
}
check "the program with many ways to end builds" program_build "${compilers[0]}" endings
check "all calls are kept after return from main" ends_with return 7
check "all calls are kept after exit from deep inside" ends_with exit 7
check "all calls are kept after exit() in a thread with the smallest stack" exact "${compilers[0]}" small_stack 1
check "all calls are kept after _exit" ends_with _exit 7
check "all calls are kept after quick_exit" ends_with quick_exit 7
check "all calls are kept after abort" ends_with abort 134
check "all calls are kept after a segmentation fault" ends_with segv 139
check "all calls are kept after SIGKILL" ends_with kill 137

# Killed after a random number of calls: the records have the calls that the program counted, or one less, and
# all invariants hold.
kill_once() { # CALLS TIMING
    local pid i truth recorded segment
    forget killed
    head -c 4096 /dev/zero >"$SCRATCH/killed.page"
    CINSTR_OPTIONS="directory=$SEGMENTS:timing=$2" "$SCRATCH/killed" "$SCRATCH/killed.page" &
    pid=$!
    has_called() { (($(od -An -t u8 -N 8 "$SCRATCH/killed.page") >= $1)) || has_ended "$pid"; }
    await has_called "$1" || return
    has_ended "$pid" && { echo "it ended before it was killed" && return 1; }
    kill -KILL $pid
    wait $pid 2>/dev/null
    segment=$(left_segment 2>&1) || { echo "$segment" && return 1; }
    "$CINSTR" verify "$segment" && "$CINSTR" dump "$segment" -o "$SCRATCH/killed.pb.gz" &&
        "$CINSTR" verify "$SCRATCH/killed.pb.gz" && edges_of "$SCRATCH/killed.pb.gz" >"$SCRATCH/killed.csv" || return 1
    for i in 0 1; do
        truth=$(od -An -t u8 -j $((8 * i)) -N 8 "$SCRATCH/killed.page")
        recorded=$(awk -F, -v name="leaf_$i" '{ gsub(/"/, "") } $2 == name { n += $3 } END { print n + 0 }' \
            "$SCRATCH/killed.csv")
        ((truth - recorded == 0 || truth - recorded == 1)) ||
            { echo "leaf_$i: counted $truth, recorded $recorded" && return 1; }
    done
}
kill_often() {
    local i timings=(exact adaptive)
    program_build "${compilers[0]}" killed || return 1
    for ((i = 0; i < ${KILLS:-200}; i++)); do
        kill_once $((RANDOM * (RANDOM % 64) + 1)) "${timings[i % 2]}" || return 1
    done
}
check "kill -9 at a random moment loses at most one call of each thread, and verify passes, ${KILLS:-200} times" kill_often

dump_without_main() {
    local pid in out line status
    program_build "${compilers[0]}" main_exits && mkfifo "$SCRATCH/in" "$SCRATCH/out" || return 1
    forget main_exits
    TRUTH_OUTPUT=$SCRATCH/main_exits.truth \
        CINSTR_OPTIONS="output=$SCRATCH/main_exits.%p.pb.gz:directory=$SEGMENTS" \
        "$SCRATCH/main_exits" <"$SCRATCH/in" >"$SCRATCH/out" 2>"$SCRATCH/main_exits.err" &
    pid=$!
    exec {in}>"$SCRATCH/in" {out}<"$SCRATCH/out"
    read -r line <&"$out" && [[ $line == ready ]] || { echo "it printed no 'ready'" && return 1; }
    "$CINSTR" dump "$(left_segment)" -o "$SCRATCH/now.pb.gz" && edges_of "$SCRATCH/now.pb.gz" >"$SCRATCH/now.csv"
    status=$?
    send "$in" '\n'
    exec {in}>&- {out}<&-
    wait $pid || { echo "it ended with $?" && return 1; }
    ((status == 0)) || return 1
    grep -Eq '"?worker"?,"?leaf"?,2000(,|$)' "$SCRATCH/now.csv" || { head "$SCRATCH/now.csv" && return 1; }
    says_nothing main_exits && profiles_match main_exits
}
check "a process whose main thread has ended is dumped with names, and its profile is exact" dump_without_main

# A page or two may be the kernel's or the file's. A leak would be a page for each of 50,000 threads.
storm() {
    exact "${compilers[0]}" thread_storm 1 "$SEGMENTS" "$@" && cat "$SCRATCH/thread_storm.out" &&
        awk '/^segment found, grew by / { found = 1; bad = $NF >= 64 } END { exit bad || !found }' "$SCRATCH/thread_storm.out"
}
check "10,000 threads at once and 100,000 in a row are exact, and the segment does not grow" storm 10000 100000
for compiler in "${compilers[@]}"; do
    check "$compiler: thread-specific data destructors are counted" exact "$compiler" tls_destructors 1
done
finish
