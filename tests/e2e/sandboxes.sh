#!/bin/bash
# SPDX-License-Identifier: MIT
# A program that enters a seccomp sandbox behaves as without the recorder, which then makes only system calls
# that are provably allowed. The records stay, exact, for `cinstr dump`. The expected counts follow from
# sandboxed.c.
# shellcheck disable=SC2317
. "$(dirname "$0")/lib.sh"
cd "$SCRATCH" || exit
mkdir -m 700 segments
gcc -O1 "$TOP/tests/programs/sandboxed.c" -o plain -lpthread &&
    "$CINSTR" cc gcc -O1 "$TOP/tests/programs/sandboxed.c" -o sandboxed -lpthread || exit
./plain kill >out 2>err
(($? == 3)) || { fail "the sandbox works in a plain build" "$(<err)" && finish; }

# lives OPTIONS HOW: output and status are those of the plain program
lives() {
    local status
    rm -f p.pb.gz segments/*
    ./plain "$2" >plain.out 2>plain.err
    status=$?
    CINSTR_OPTIONS=output=p.pb.gz:directory=$SCRATCH/segments:$1 timeout 300 ./sandboxed "$2" >out 2>err
    local own=$?
    ((own == status)) || { echo "status $own, plain $status" && cat err && return 1; }
    diff plain.out out && sed '/^cinstr: /d' err | diff plain.err - && (($(wc -l <err) <= 2)) || { cat err && return 1; }
}

# calls: sorted "FUNCTION CALLS" in p.pb.gz
calls() {
    "$CINSTR" report --json p.pb.gz | jq -r '.functions[] | select(.calls > 0) | "\(.function) \(.calls)"' | sort | paste -sd' '
}
# counts WORKS: p.pb.gz has exactly the calls of so many work()
counts() {
    local level wanted
    wanted=$(for ((level = 0; level <= 12; level++)); do echo "level$level $(($1 << (12 - level)))"; done |
        cat - <(echo "leaf $(($1 * (200000 + 4096 + 3000) + 1))") <(echo "deep $(($1 * 3000))") <(echo "work $1") <(echo main 1) |
        sort | paste -sd' ')
    [[ $(calls) == "$wanted" ]] || { calls && echo "$wanted" && return 1; }
}

# stays WORKS HOW…: no profile is written, and the segment has all calls
stays() {
    [[ ! -e p.pb.gz ]] && has 'cinstr dump .*\.seg' <err || { cat err && return 1; }
    dumped "$1"
}
dumped() { "$CINSTR" dump -q -o p.pb.gz segments/*.seg && "$CINSTR" verify p.pb.gz && counts "$1"; }

# In strict mode recording ends with the system call that enters it, and a line says so.
for how in strict strict-call clock; do
    ends() { lives '' $how && [[ ! -e p.pb.gz ]] && has 'recording ends; .*cinstr dump .*\.seg' <err && "$CINSTR" dump -q -o p.pb.gz segments/*.seg && [[ $(calls) == 'leaf 1 main 1' ]]; }
    [[ $how == clock && $(uname -m) != x86_64 ]] ||
        check "$how: the program runs on, and what was recorded before is kept" ends
done

killed() { # OPTIONS HOW WORKS
    lives "$1" "$2" || return
    # If the program ends by _exit() the recorder can print nothing.
    case $2 in kill | all) [[ ! -e p.pb.gz ]] && dumped "$3" ;; *) stays "$3" ;; esac
}
check "a filter that kills, by prctl(): the program runs on, and all calls are kept" killed '' kill 1
check "a filter that kills, by seccomp(): the program runs on, and all calls are kept" killed '' kill-call 1
check "a filter that kills, with sampling: the program runs on, and all calls are kept" killed sample=1000 kill-call 1
check "a filter that kills, with timing=adaptive and durations: all calls are kept" killed timing=adaptive:histogram=1 kill-call 1
check "a filter that kills, without CPU time: all calls are kept" killed cpu=0 kill-call 1
check "a filter that kills, with threads created under it: all calls are kept" killed '' threads 2
check "a filter that kills all threads: all calls are kept" killed '' all 3
traced() { lives trace=t.pftrace all && dumped 3; }
check "a filter that kills all threads, with a trace: all calls are kept" traced
check "a filter that refuses calls: the program runs on, and all calls are kept" killed '' refuse 1

written() { lives "$2" "$1" && is_empty err && [[ -e p.pb.gz ]] && "$CINSTR" verify p.pb.gz && counts 1 && [[ -z $(ls segments) ]]; }
check "a filter that allows what writing a profile takes: the profile is written" written lax ''
check "a filter that allows what writing a profile takes, with samples: the profile is written" written lax sample=1000
check "a program that only asks whether seccomp is available gets its profile" written probe ''

finish
