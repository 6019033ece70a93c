#!/bin/bash
# SPDX-License-Identifier: MIT
# The commands that deal with processes. `run` changes nothing for the program: its output, status and signals
# are as without; and it says where the profile is. `ps`, `dump`, `stack`, `report` and `verify` read a
# process while it waits and after kill -9, and never another one. The program, waits.c, does what it reads
# from its input, so its calls are known.
# shellcheck disable=SC2317,SC2016
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"

unset XDG_RUNTIME_DIR
export CINSTR_OPTIONS=directory=$SEGMENTS
cd "$SCRATCH" || exit 1
check "the program that obeys its input builds" program_build gcc waits || finish
mv "$SCRATCH/waits" "$SCRATCH/obedient" # the file's name differs from the process's name in the kernel: cinstr finds programs by file

# --- run: nothing changes for the program ----------------------------------------------------------
# run_with STATUS STDERR-PATTERN INPUT ARGUMENTS…: `cinstr run` with INPUT for the program.
run_with() {
    local status=$1 pattern=$2 input=$3 actual
    shift 3
    rm -f ./*.pb.gz
    printf "%b" "$input" | "$CINSTR" run "$@" >out 2>err
    actual=$?
    ((actual == status)) || { echo "status $actual, not $status" && cat err && return 1; }
    [[ -z $pattern && ! -s err ]] || grep -Eq -- "$pattern" err || { echo "standard error:" && cat err && return 1; }
}
profiled() { # CALLS: there is one profile, with so many calls of leaf
    local files=(./*.pb.gz)
    [[ ${#files[@]} == 1 ]] && "$CINSTR" report --csv "${files[0]}" | has "^leaf,$1,"
}
check "run says where the profile is" run_with 0 \
    '^cinstr: profile: cinstr\.obedient\.[0-9]+\.pb\.gz$' 'work 1\n' ./obedient
check "that file has every call" profiled 1501
check "the program's output is unchanged" eval '[[ $(cat out) == $'"'ready\ndone'"' ]]'
check "run ends with the program's status" run_with 7 profile: 'exit 7\n' -- ./obedient
check "run -q prints nothing" run_with 7 '' 'exit 7\n' -q ./obedient
check "run -o writes the profile to the given file" run_with 0 '^cinstr: profile: my%.pb.gz$' '' -o my%%.pb.gz ./obedient
check "run -o none writes no profile and prints nothing" run_with 0 '' '' -o none ./obedient
check "run passes options to the recorder" run_with 0 profile: '' \
    --histogram --no-cpu --timing exact --contexts 2048 ./obedient
has_values() {
    "$CINSTR" report --json ./*.pb.gz | jq -e '(.values.cpu == null) and
        (.comments | any(. == "contexts: budget 2048"))'
}
check "the options have their effect" has_values
check "run says in one line that a program is not instrumented" run_with 0 \
    '^cinstr: no profile: true has no hooks' '' true
check "run ends with status 127 if the program does not exist" run_with 127 \
    '^cinstr: cannot run ./nothing: No such file' '' ./nothing
check "run ends with status 126 if the program cannot be executed" run_with 126 '^cinstr: cannot run /: Permission denied' '' /
check "run of a process that forks leaves two profiles" run_with 0 profile: 'fork\n' ./obedient
check "run names both" eval '(($(grep -c "^cinstr: profile: " err) == 2))'

dies_of() { # SIGNAL: as seen by a parent that looks at the wait status
    rm -f ./*.pb.gz
    printf 'kill %d\n' "$(kill -l "$1")" >word
    bash -c 'ulimit -c 0; "$CINSTR" run ./obedient <word >out 2>err & wait $!' 2>/dev/null
    local status=$?
    ((status == 128 + $(kill -l "$1"))) || { echo "status $status" && return 1; }
    segment=$(left_segment) && grep -Eqx \
        "cinstr: ./obedient \(pid [0-9]+\) was killed by SIG$1 before it wrote a profile; what it recorded is kept: cinstr report $segment" err &&
        "$CINSTR" report --csv "$segment" | has '^leaf,1500,' && "$CINSTR" dump -q -o left.pb.gz "$segment" && rm "$segment" && profiled 1500
}
for name in SEGV ABRT KILL; do
    check "run dies of the same signal, SIG$name, as the program; what that left can be dumped" dies_of $name
done
left_by_exit() {
    run_with 0 'ended with status 0 before it wrote a profile' 'leave\n' ./obedient && rm "$(left_segment)"
}
check "run keeps the profile of a program that ends by _exit" left_by_exit

# --- run: signals ----------------------------------------------------------------------------------
# hear WORD: reads the program's next line, which has to be WORD.
hear() {
    local line
    read -r -t 60 -u "${program[0]}" line
    [[ $line == "$1" ]] || { echo "the program said '$line', not '$1'" && return 1; }
}
tell() {
    send "${program[1]}" '%s\n' "$1"
}
child_of() {
    cat "/proc/$1/task/$1/children"
}
in_state() { # PID LETTER: whether /proc shows the process in this state
    local stat
    read -r stat <"/proc/$1/stat" && [[ ${stat##*) } == "$2"* ]]
}
signals_reach_it() {
    local us it status
    rm -f ./*.pb.gz
    coproc program { exec "$CINSTR" run ./obedient 2>err; }
    us=$! # the command itself, since the subshell executes it
    hear ready || return 1
    kill -USR1 "$us" && hear USR1 && kill -TERM "$us" && hear TERM || return 1
    read -r it < <(child_of "$us")
    kill -STOP "$it" && await in_state "$us" T && kill -CONT "$us" && await in_state "$us" S && await in_state "$it" S || return 1
    tell "work 3" && hear "done" && tell "exit 5"
    wait "$us"
    status=$?
    ((status == 5)) || { echo "status $status" && return 1; }
    profiled 1503
}
check "run passes signals on, and stops and continues with the program" signals_reach_it

# --- a process that waits --------------------------------------------------------------------------
coproc program { exec ./obedient 2>live.err; }
pid=$!
both_wait() { # the second thread may still be on its way to sleep after "ready"
    hear ready || return 1
    sleeps() { "$CINSTR" stack "$pid" | has sleep_inside; }
    await sleeps
}
check "the program waits in both its threads" both_wait || finish

listed() { # STATE
    "$CINSTR" ps --directory "$SEGMENTS" --json >ps.json && jq -e --arg state "$1" --argjson pid "$pid" '.processes |
        length == 1 and (.[0] | .pid == $pid and .program == "obedient" and .state == $state and .calls == 1505
        and .open_calls == 3 and .threads == 2 and (.command == ["./obedient"]))' ps.json &&
        "$CINSTR" ps --directory "$SEGMENTS" >ps.txt && grep -Eq "^ *$pid $1 .* 2 +1,505 .*  obedient  $SEGMENTS/" ps.txt
}
check "ps shows pid, program, threads and calls of a running process" listed running
stacked() { # SOURCE
    "$CINSTR" stack --json "$1" | jq -e '[.stacks[] | [.thread, (.frames | map(.function))]] ==
        [["obedient", ["main"]], ["waiter", ["sleep_inside", "wait_in_thread"]]]
        and ([.stacks[].frames[].open_ns] | min > 0)' && "$CINSTR" stack "$1" | has '  sleep_inside  waits.c:[0-9]'
}
for source in $pid obedient ./obedient "$(left_segment)"; do
    check "stack of ${source/$pid/PID} shows each thread's calls, innermost first" stacked "$source"
    check "report reads ${source/$pid/PID}" eval '"$CINSTR" report --csv "$source" | has "^leaf,1500,"'
    check "verify reads ${source/$pid/PID}" "$CINSTR" verify "$source"
done
dumped() { # CALLS OPTION…: dump's default name, the calls of leaf, and verify
    local calls=$1 file=cinstr.obedient.$pid.pb.gz
    shift
    rm -f ./*.pb.gz
    "$CINSTR" dump "$@" "$pid" 2>err && grep -q "^cinstr: $file: " err && "$CINSTR" verify -q "$file" &&
        "$CINSTR" report --csv "$file" | grep "^leaf,$calls,"
}
check "dump writes cinstr.PROGRAM.PID.pb.gz into this directory" dumped 1500
check "dump -o - writes the profile to standard output" eval \
    '"$CINSTR" dump -q -o - $pid | "$CINSTR" report --csv - | has "^leaf,1500,"'
check "dump says in one line that a directory does not exist" eval \
    '! "$CINSTR" dump -o /nonexistent/x $pid 2>err && (($(wc -l <err) == 1))'
check "dump --by-thread writes a profile in which report tells threads apart" eval \
    '"$CINSTR" dump -q --by-thread -o t.pb.gz $pid &&
        "$CINSTR" report --by-thread --csv t.pb.gz | has "^\[thread waiter [0-9]*\],"'
# On a busy machine, too, a thread that waits has the CPU time that it spent before.
other_format() {
    "$CINSTR" dump -q --by-thread --format folded -o t.folded $pid && cat t.folded &&
        has "^\[thread obedient $pid\];.*main" <t.folded && ! has -Ev '^(\[thread (obedient|waiter) [0-9]+\];.*|\[unplaced\]) [0-9]+$' <t.folded &&
        "$CINSTR" dump -q --format speedscope $pid && jq -e ".profiles[0].type" cinstr.obedient.$pid.speedscope
}
check "dump --format writes another viewer's format" other_format
check "report --by-thread tells the threads of a process apart" eval \
    '"$CINSTR" report --by-thread --csv $pid | has "^\[thread obedient $pid\],"'
check "report says that a profile does not tell threads apart" eval \
    '! "$CINSTR" report --by-thread cinstr.obedient.$pid.pb.gz 2>err && grep -q -- "--by-thread" err'
replaced() { # a dump that fails leaves the old file unchanged
    echo old >old.pb.gz && "$CINSTR" dump -q -o old.pb.gz "$pid" && "$CINSTR" verify -q old.pb.gz &&
        [[ -z $(find . -name '*.part') ]]
}
check "dump replaces a file as a whole or not at all" replaced

delta() { # the dump has the calls of that while and no others, and ends when the program does
    coproc delta { exec "$CINSTR" dump --seconds 600 -o delta.pb.gz "$pid" 2>&1; }
    local dumper=$!
    polls() { [[ $(cat "/proc/$dumper/wchan") == *poll* ]]; }
    await polls || return
    tell "work 42" && hear "done" && kill -KILL "$pid"
    wait "$dumper" || { cat <&"${delta[0]}" && return 1; }
    "$CINSTR" verify -q delta.pb.gz && "$CINSTR" report --csv delta.pb.gz >delta.csv && grep '^leaf,42,' delta.csv &&
        grep '^obey,1,' delta.csv && grep '^main,0,' delta.csv
}
check "dump --seconds has only what happened meanwhile, and ends with the process" delta

# --- a process that was killed ---------------------------------------------------------------------
wait $pid 2>/dev/null
check "ps shows a killed process as died" eval '"$CINSTR" ps --directory "$SEGMENTS" --json |
    jq -e ".processes[0] | .state == \"died\" and .has_ended and .calls == 1549"'
check "dump after kill -9 has every call" dumped 1542
check "dump --seconds of a process that has ended is refused" eval '! "$CINSTR" dump --seconds 1 $pid 2>err && grep -q "has ended" err'
coproc program { exec ./obedient 2>live.err; }
second=$!
check "another process of the same program waits" hear ready
check "a program's name means its running process" eval '"$CINSTR" stack --json obedient | jq -e ".pid == $second"'
check "ps --clean removes segments of processes that ended, and no others" eval \
    '"$CINSTR" ps --directory "$SEGMENTS" --clean -q && "$CINSTR" ps --directory "$SEGMENTS" --json | jq -e ".processes | length == 1 and .[0].pid == $second"'
check "a removed segment cannot be dumped" eval '! "$CINSTR" dump $pid 2>err && grep -q "no segment of a process $pid" err'
tell "exit 3"
wait $second
check "a process that ends writes its profile and leaves no segment" eval '"$CINSTR" ps --directory "$SEGMENTS" --json | jq -e ".processes == []"'
finish
