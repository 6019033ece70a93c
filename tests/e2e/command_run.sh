#!/bin/bash
# SPDX-License-Identifier: MIT
# The commands that deal with processes. `run` is as if the program had been run itself: its output,
# its status, its signals; and says where the profile is. `ps`, `dump`, `stack`, `report` and `verify`
# see a process while it waits, after kill -9, and never another's.
# shellcheck disable=SC2317,SC2016
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"

unset XDG_RUNTIME_DIR
export CINSTR_OPTIONS=directory=$SEGMENTS
cd "$SCRATCH" || exit 1
check "the program that does what it is told builds" program_build gcc waits || finish
mv "$SCRATCH/waits" "$SCRATCH/obedient" # its kernel name is not its file's: programs go by file

# --- run: nothing changes for the program ----------------------------------------------------------
# run_with STATUS STDERR-PATTERN INPUT ARGUMENTS…: `cinstr run` with INPUT for the program.
run_with() {
    local status=$1 pattern=$2 input=$3 actual
    shift 3
    rm -f ./*.pb.gz
    printf "%b" "$input" | "$CINSTR" run "$@" >out 2>err
    actual=$?
    ((actual == status)) || { echo "status $actual, not $status" && cat err && return 1; }
    [[ -z $pattern && ! -s err ]] || grep -Eq -- "$pattern" err || { echo "it says:" && cat err && return 1; }
}
profiled() { # the one profile that is there holds these calls of leaf
    local files=(./*.pb.gz)
    [[ ${#files[@]} == 1 ]] && "$CINSTR" report --csv "${files[0]}" | has "^leaf,$1,"
}
check "run: says where the profile is" run_with 0 \
    '^cinstr: profile: cinstr\.obedient\.[0-9]+\.pb\.gz$' 'work 1\n' ./obedient
check "run: the profile is there" profiled 1501
check "run: the program's output is its own" eval '[[ $(cat out) == $'"'ready\ndone'"' ]]'
check "run: the status is the program's" run_with 7 profile: 'exit 7\n' -- ./obedient
check "run -q: says nothing" run_with 7 '' 'exit 7\n' -q ./obedient
check "run -o: the file that is asked for" run_with 0 '^cinstr: profile: my%.pb.gz$' '' -o my%%.pb.gz ./obedient
check "run -o none: no profile, and nothing said" run_with 0 '' '' -o none ./obedient
check "run: options reach the recorder" run_with 0 profile: '' \
    --histogram --no-cpu --timing exact --contexts 2048 ./obedient
has_values() {
    "$CINSTR" report --json ./*.pb.gz | jq -e '(.values.cpu == null) and
        (.comments | any(. == "contexts: budget 2048"))'
}
check "run: and do what they say" has_values
check "run: a program that is not instrumented is one line" run_with 0 \
    '^cinstr: no profile: true has no hooks' '' true
check "run: a program that is not there is status 127" run_with 127 \
    '^cinstr: cannot run ./nothing: No such file' '' ./nothing
check "run: a program that cannot be run is status 126" run_with 126 '^cinstr: cannot run /: Permission denied' '' /
check "run: a process that forks: both profiles" run_with 0 profile: 'fork\n' ./obedient
check "run: both are told" eval '(($(grep -c "^cinstr: profile: " err) == 2))'

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
    check "run: the program dies of SIG$name, and so do we; what it left can be dumped" dies_of $name
done
left_by_exit() {
    run_with 0 'ended with status 0 before it wrote a profile' 'leave\n' ./obedient && rm "$(left_segment)"
}
check "run: a program that leaves by _exit" left_by_exit

# --- run: signals ----------------------------------------------------------------------------------
# hear WORD: the next line that the program says.
hear() {
    local line
    read -r -t 60 -u "${program[0]}" line
    [[ $line == "$1" ]] || { echo "it says '$line', not '$1'" && return 1; }
}
tell() {
    send "${program[1]}" '%s\n' "$1"
}
child_of() {
    cat "/proc/$1/task/$1/children"
}
in_state() { # PID LETTER: of /proc
    local stat
    read -r stat <"/proc/$1/stat" && [[ ${stat##*) } == "$2"* ]]
}
signals_reach_it() {
    local us it status
    rm -f ./*.pb.gz
    coproc program { exec "$CINSTR" run ./obedient 2>err; }
    us=$! # of exec: the command itself
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
check "run: passes signals on, stops and goes on with the program" signals_reach_it

# --- a process that waits --------------------------------------------------------------------------
coproc program { exec ./obedient 2>live.err; }
pid=$!
both_wait() { # the second thread has still to go to sleep after "ready"
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
check "ps: pid, program, threads and calls of what runs" listed running
stacked() { # SOURCE
    "$CINSTR" stack --json "$1" | jq -e '[.stacks[] | [.thread, (.frames | map(.function))]] ==
        [["obedient", ["main"]], ["waiter", ["sleep_inside", "wait_in_thread"]]]
        and ([.stacks[].frames[].open_ns] | min > 0)' && "$CINSTR" stack "$1" | has '  sleep_inside  waits.c:[0-9]'
}
for source in $pid obedient ./obedient "$(left_segment)"; do
    check "stack of ${source/$pid/PID}: each thread's calls, innermost first" stacked "$source"
    check "report of ${source/$pid/PID}" eval '"$CINSTR" report --csv "$source" | has "^leaf,1500,"'
    check "verify of ${source/$pid/PID}" "$CINSTR" verify "$source"
done
dumped() { # CALLS OPTION…: the dump's name by default, its calls of leaf, its own verify
    local calls=$1 file=cinstr.obedient.$pid.pb.gz
    shift
    rm -f ./*.pb.gz
    "$CINSTR" dump "$@" "$pid" 2>err && grep -q "^cinstr: $file: " err && "$CINSTR" verify -q "$file" &&
        "$CINSTR" report --csv "$file" | grep "^leaf,$calls,"
}
check "dump: cinstr.PROGRAM.PID.pb.gz in this directory" dumped 1500
check "dump -o -: the profile is on standard output" eval \
    '"$CINSTR" dump -q -o - $pid | "$CINSTR" report --csv - | has "^leaf,1500,"'
check "dump of a directory that is not there is one line" eval \
    '! "$CINSTR" dump -o /nonexistent/x $pid 2>err && (($(wc -l <err) == 1))'
check "dump --by-thread: report tells threads apart" eval \
    '"$CINSTR" dump -q --by-thread -o t.pb.gz $pid &&
        "$CINSTR" report --by-thread --csv t.pb.gz | has "^\[thread waiter [0-9]*\],"'
check "dump --format: another viewer's" eval \
    '"$CINSTR" dump -q --by-thread --format folded -o t.folded $pid &&
        has "^\[thread obedient $pid\];.*main;" <t.folded && "$CINSTR" dump -q --format speedscope $pid &&
        jq -e ".profiles[0].type" cinstr.obedient.$pid.speedscope'
check "report --by-thread of a process" eval \
    '"$CINSTR" report --by-thread --csv $pid | has "^\[thread obedient $pid\],"'
check "a profile that does not tell threads apart says so" eval \
    '! "$CINSTR" report --by-thread cinstr.obedient.$pid.pb.gz 2>err && grep -q -- "--by-thread" err'
replaced() { # what cannot be written leaves the old file as it was
    echo old >old.pb.gz && "$CINSTR" dump -q -o old.pb.gz "$pid" && "$CINSTR" verify -q old.pb.gz &&
        [[ -z $(find . -name '*.part') ]]
}
check "dump replaces a file as a whole" replaced

delta() { # what is done while it waits, and nothing else; the dump ends with the program
    coproc delta { exec "$CINSTR" dump --seconds 600 -o delta.pb.gz "$pid" 2>&1; }
    local dumper=$!
    polls() { [[ $(cat "/proc/$dumper/wchan") == *poll* ]]; }
    await polls || return
    tell "work 42" && hear "done" && kill -KILL "$pid"
    wait "$dumper" || { cat <&"${delta[0]}" && return 1; }
    "$CINSTR" verify -q delta.pb.gz && "$CINSTR" report --csv delta.pb.gz >delta.csv && grep '^leaf,42,' delta.csv &&
        grep '^obey,1,' delta.csv && grep '^main,0,' delta.csv
}
check "dump --seconds: only what happened meanwhile, and no longer than the process" delta

# --- a process that was killed ---------------------------------------------------------------------
wait $pid 2>/dev/null
check "ps: what was killed has died" eval '"$CINSTR" ps --directory "$SEGMENTS" --json |
    jq -e ".processes[0] | .state == \"died\" and .has_ended and .calls == 1549"'
check "dump after kill -9: every call" dumped 1542
check "dump --seconds of what has ended is refused" eval '! "$CINSTR" dump --seconds 1 $pid 2>err && grep -q "has ended" err'
coproc program { exec ./obedient 2>live.err; }
second=$!
check "another process of the program waits" hear ready
check "a name is the process that runs" eval '"$CINSTR" stack --json obedient | jq -e ".pid == $second"'
check "ps --clean removes what has ended, and nothing else" eval \
    '"$CINSTR" ps --directory "$SEGMENTS" --clean -q && "$CINSTR" ps --directory "$SEGMENTS" --json | jq -e ".processes | length == 1 and .[0].pid == $second"'
check "the removed one is gone" eval '! "$CINSTR" dump $pid 2>err && grep -q "no segment of a process $pid" err'
tell "exit 3"
wait $second
check "after its end the process has written its profile, and left nothing" eval '"$CINSTR" ps --directory "$SEGMENTS" --json | jq -e ".processes == []"'
finish
