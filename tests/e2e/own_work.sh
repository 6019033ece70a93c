#!/bin/bash
# SPDX-License-Identifier: MIT
# The recorder's own work stays out of the program: at exit, at fork and in signal handlers it calls no
# function that the program may define and takes no lock that the program may hold, and nothing that it does
# is counted. Another process writes the profile, and the program does not notice it. Where that is
# impossible, a line says so and the segment is kept. The programs count their own calls.
# Not commands: malloc, main
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
PROGRAMS=$TOP/tests/programs
cd "$SCRATCH" || exit
mkdir -m 700 segments

# builds NAME [FLAGS…]: NAME with hooks, and NAME.plain without
builds() {
    local name=$1
    shift
    gcc -g -O1 -w -fno-builtin -finstrument-functions "$PROGRAMS/$name.c" -I"$TOP/include" -pthread "$@" \
        "${LINK_CINSTR[@]}" -o "$name" && gcc -g -O1 -w -fno-builtin "$PROGRAMS/$name.c" -I"$TOP/include" -pthread -o "$name.plain"
}
options() { export CINSTR_OPTIONS=output=$SCRATCH/p.pb.gz:directory=$SCRATCH/segments${1:-}; }
options

# counts PROFILE: sorted "FUNCTION CALLS" of all functions with calls
counts() { "$CINSTR" report --json "$1" | jq -r '.functions[] | select(.calls > 0) | "\(.function) \(.calls)"' | sort; }
nothing_left() { [[ -z $(ls -A segments) ]] || { ls segments && return 1; }; }

# --- handlers -------------------------------------------------------------------------------------

check "the program whose signal handler exits builds" builds exit_in_handler
exits() { # TIMES ARGUMENTS…
    local times=$1 i status
    shift
    for ((i = 0; i < times; i++)); do
        rm -f p.pb.gz
        timeout 300 ./exit_in_handler "$@" 2>err
        status=$?
        if ((status != 7)) || ! is_empty err || ! counts p.pb.gz | has '^main 1$'; then
            echo "run $i: status $status" && return 1
        fi
    done
    nothing_left
}
check "exit() in a handler that interrupts malloc() ends the program" exits 60 malloc
check "exit() in a handler with three threads that allocate ends the program" exits 25 malloc 3
check "exit() in a handler that interrupts threads as they begin and end ends the program" exits 25 threads 1
check "exit() in a handler that interrupts the recorder at a label ends the program" exits 25 label 1
options ':sample=1000:trace=t.json'
check "exit() in a handler with samples and a trace ends the program" exits 10 malloc 1
options

# --- functions that the program defines itself ----------------------------------------------------

check "the program with an allocator of its own builds" builds own_allocator
counted() { # NAME ARGUMENTS…: the profile has exactly the calls that the program states
    "./$1" "${@:2}" >said 2>err && is_empty err && counts p.pb.gz | diff - <(sort said)
}
check "an allocator in the program is called by the program alone, and counted exactly" counted own_allocator
linked_in() {
    gcc -g -O1 -w -fno-builtin -rdynamic -finstrument-functions "$PROGRAMS/own_allocator.c" -pthread \
        "${LINK_CINSTR[@]}" -o own_allocator && counted own_allocator && options ':sample=1000:histogram=1' &&
        counted own_allocator
    local status=$?
    options
    return $status
}
check "an allocator whose names are all exported is called by the program alone, and counted exactly" linked_in
forks() {
    rm -f p.*.pb.gz
    CINSTR_OPTIONS=output=p.%p.pb.gz:directory=$SCRATCH/segments timeout 300 ./own_allocator 10 2>err && is_empty err &&
        (($(find . -name 'p.*.pb.gz' | wc -l) == 10)) && rm segments/* # the parent's: it does not end by exit()
}
check "a fork child exits although a thread of its parent held the allocator's lock" forks

check "the program whose functions have names of libc functions builds" builds own_names
own_names() {
    [[ $(./own_names 2>err) == 0 ]] && is_empty err && counts p.pb.gz >counted && has '^main 1$' <counted &&
        (($(has -v ' 1$' <counted | wc -l) == 0)) && (($(wc -l <counted) > 50))
}
check "these functions are called by the program alone" own_names

# --- the process that writes ----------------------------------------------------------------------

check "the program that looks for children builds" builds unseen
unseen() { # HOW
    rm -f p.pb.gz asked.pb.gz
    timeout 300 ./unseen "$1" asked.pb.gz 2>err || { echo "status $?" && return 1; }
    is_empty err && counts p.pb.gz | has '^main 1$' && counts asked.pb.gz | has '^main 1$' && nothing_left
}
for how in default handle ignore reap; do
    check "the program sees no child of the recorder: SIGCHLD by $how" unseen $how
done

check "a small program builds" builds one_leaf
leaf() { # SETTING…: runs it with these in the environment
    rm -f p.pb.gz && env "$@" ./one_leaf >out 2>err
}
whole() { [[ $(<out) == 100 ]] && counts p.pb.gz | diff - <(printf 'leaf 100\nmain 1\n'); }
environment() {
    leaf LD_LIBRARY_PATH=/nonexistent LD_DEBUG_OUTPUT=debug LD_DEBUG=files MALLOC_PERTURB_=7 PATH='' && whole &&
        nothing_left && (($(find . -name 'debug.*' | wc -l) == 1))
}
check "the writer ignores the environment variables of the program" environment

in_memory() {
    leaf CINSTR_OPTIONS=output=p.pb.gz:directory=/nonexistent/directory && whole && has 'recording in memory only' <err &&
        (($(wc -l <err) == 1))
}
check "a segment that is in memory only is written completely" in_memory

no_descriptors() {
    rm -f p.pb.gz
    (ulimit -S -n 4 && exec ./one_leaf) >out 2>err && whole && rm p.pb.gz &&
        (exec <&- 2>&- && exec ./one_leaf >out) && whole && nothing_left
}
check "a program with no descriptor to spare gets its profile" no_descriptors

# kept TEXT: a line says why no profile was written, with TEXT, and the segment has the whole profile.
kept() {
    local left=(segments/*.seg)
    [[ $(<out) == 100 ]] && (($(wc -l <err) == 2)) && has "cinstr: cannot write a profile: .*$1" <err &&
        has "the profile is kept: cinstr dump $SCRATCH/segments/" <err && "$CINSTR" dump -q -o p.pb.gz "${left[0]}" && whole &&
        rm -f segments/*
}
no_writer() {
    mkdir -p alone && cp "$BUILD/libcinstr.so.0" alone && leaf LD_LIBRARY_PATH=alone &&
        kept "cannot run $SCRATCH/alone/cinstr-writer: No such file or directory"
}
check "without cinstr-writer a line says so, and the segment is kept" no_writer
killed_writer() {
    mkdir -p alone && cp "$BUILD/libcinstr.so.0" alone && printf '#!/bin/sh\nkill -9 $$\n' >alone/cinstr-writer &&
        chmod +x alone/cinstr-writer && leaf LD_LIBRARY_PATH=alone && kept 'was killed by signal 9'
}
check "if the writer is killed a line says so, and the segment is kept" killed_writer
if ((EUID == 0)) && command -v setpriv >/dev/null; then
    no_processes() {
        chmod 755 "$SCRATCH" && mkdir -m 777 -p nobody && cd nobody && rm -rf "$SCRATCH/segments" &&
            setpriv --reuid 54321 --clear-groups bash -c "mkdir -m 700 -p $SCRATCH/nobody/segments; ulimit -u 1
                CINSTR_OPTIONS=output=p.pb.gz:directory=$SCRATCH/nobody/segments exec ../one_leaf" >../out 2>../err
        local status=$?
        cd ..
        mkdir -m 700 segments && mv nobody/segments/* segments/ && sed -i "s|/nobody/segments|/segments|" err
        ((status == 0)) && kept 'Resource temporarily unavailable'
    }
    check "if no process can be created a line says so, and the segment is kept" no_processes
else
    skip "if no process can be created a line says so, and the segment is kept" "needs root"
fi

read_only() {
    ((EUID == 0)) && unshare -m true 2>/dev/null || return 0
    unshare -m bash -c "mkdir -p sealed && mount -t tmpfs -o ro none sealed && cd sealed &&
        CINSTR_OPTIONS=output=p.pb.gz:directory=$SCRATCH/segments ../one_leaf" >out 2>err && [[ $(<out) == 100 ]] &&
        has 'cannot write p.pb.gz: Read-only file system' <err && has 'the profile is kept' <err && rm -f segments/*
}
check "on a read-only file system a line says so, and the segment is kept" read_only

# While the profile is being written, the program's whole process group gets a signal that the program
# handles.
signalled() {
    mkfifo fifo || return
    CINSTR_OPTIONS=output=fifo:directory=$SCRATCH/segments setsid ./exit_in_handler malloc 2>err &
    local pid=$! wrote=$SCRATCH/wrote.pb.gz
    until pgrep -g "$pid" cinstr-writer >/dev/null; do
        [[ -d /proc/$pid ]] || return 1
    done
    kill -ALRM -- "-$pid" && cat fifo >"$wrote" && wait "$pid"
    (($? == 7)) && is_empty err && counts "$wrote" | has '^main 1$' && nothing_left
}
check "a signal that the program handles does not end the writer" signalled

finish
