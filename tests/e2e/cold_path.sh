#!/bin/bash
# SPDX-License-Identifier: MIT
# Recorder, writer, reader and command have no undefined behaviour: built with the address sanitizer and the
# undefined behaviour sanitizer, they record the hazard programs as exactly as without, and read what these
# leave. The truth is what the programs count themselves. Left out is what the address sanitizer itself cannot
# take: programs with an allocator of their own, filters that kill on its system calls, and exit() in a
# handler that interrupts its malloc().
# Not commands: file, recorded
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
usual=$BUILD
BUILD=$usual/sanitized
CINSTR=$BUILD/cinstr
LINK_CINSTR=(-L"$BUILD" -lcinstr "-Wl,-rpath,$BUILD" "-fsanitize=address,undefined")
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"
FLAGS=("-I$TOP/include")
# The programs leak memory and die of signals on purpose.
of_programs=detect_leaks=0:handle_segv=0:handle_abort=0
reported=99
export ASAN_OPTIONS=exitcode=$reported UBSAN_OPTIONS=exitcode=$reported:print_stacktrace=1

build() { env -u MAKEFLAGS -u MAKELEVEL make -C "$TOP" -s -j2 BUILD="$usual" CC="${CC:-gcc}" sanitized; }
check "recorder, writer, reader and command build with the sanitizers" build || finish
check "the checker builds" harness_build || finish
cd "$SCRATCH" || exit
mkdir kept

# --- the recorder and its writer ------------------------------------------------------------------

# programs COMMAND…: runs the command with the sanitizers' options for test programs
programs() { ASAN_OPTIONS=$of_programs:exitcode=$reported "$@"; }
keep() { # NAME: keeps one of the profiles that the program has left
    local profiles
    profiles=$(compgen -G "$1.[0-9]*.pb.gz") && cp "${profiles%%$'\n'*}" "kept/$1.pb.gz"
}

# recorded PROCESSES NAME ARGUMENTS…: the profiles are exact, and the recorder prints nothing
recorded() {
    local processes=$1 name=$2
    shift 2
    program_build gcc "$name" "${FLAGS[@]}" && programs program_run "$name" "$@" ||
        { echo "status $?" && head -n 20 "$name.err" && return 1; }
    says_nothing "$name" && profiles_match "$name" "$processes" && keep "$name"
}
for run in '21 forks fork 0 20' '21 forks _Fork 0 20' '21 forks fork 4 20' '1 vfork_loop 500' '41 spawn' '1 exec_loop 0' \
    '1 jumps 20000' '1 callbacks' '1 recursion 20000' '1 tls_destructors' '1 small_stack' "1 thread_storm $SEGMENTS 50 500" \
    '1 at_once 3'; do
    read -r processes name arguments <<<"$run"
    # shellcheck disable=SC2086
    check "$name ${arguments##*/} is recorded exactly" recorded "$processes" "$name" $arguments
done
export EXTRA_OPTIONS=:sample=1000:histogram=1:timing=adaptive:contexts=1024
check "jumps are recorded exactly with samples, histograms, adaptive timing and few contexts" recorded 1 jumps 20000
unset EXTRA_OPTIONS

# The segment of a process that does not end by exit() can be read, and a profile written of it.
ended() { # HOW STATUS
    local status
    programs program_run endings "$1"
    status=$?
    ((status == $2)) && says_nothing endings && dump_matches endings && cp "$SEGMENTS"/* "kept/$1.seg" ||
        { echo "status $status" && head -n 20 endings.err && return 1; }
}
check "the program for other ends builds" program_build gcc endings
for how in '_exit 7' 'quick_exit 7' 'abort 134' 'kill 137'; do
    # shellcheck disable=SC2086
    check "all calls are kept after ${how% *}" ended $how
done

traced() {
    program_build gcc one_leaf && forget one_leaf &&
        CINSTR_OPTIONS=output=kept/traced.pb.gz:trace=t.json:directory=$SEGMENTS programs ./one_leaf >out 2>err && is_empty err &&
        jq -e '[.traceEvents[] | select(.name == "leaf")] | length >= 100' t.json >/dev/null
}
check "a trace is written" traced
small_disk() {
    mkdir -p small && mount -t tmpfs -o size=1m,mode=700 none small || return
    CINSTR_OPTIONS=output=kept/small.pb.gz:directory=small programs ./explosion 200000 >truth 2>err
    local status=$?
    umount small
    ((status == 5 && $(wc -l <err) == 1)) && "$CINSTR" verify kept/small.pb.gz || { head -n 20 err && return 1; }
}
check "the program with too many contexts builds" program_build gcc explosion
if ((EUID == 0)) && mkdir -p small && mount -t tmpfs none small 2>/dev/null; then
    umount small
    check "a full disk costs one line, and the profile passes verify" small_disk
fi

# --- the command ----------------------------------------------------------------------------------

# answers STATUS… -- ARGUMENT…: cinstr ends with one of these, without a sanitizer's report
answers() {
    local wanted=() status
    while [[ $1 != -- ]]; do
        wanted+=("$1") && shift
    done
    shift
    timeout 300 "$CINSTR" "$@" >out 2>err </dev/null
    status=$?
    [[ " ${wanted[*]} " == *" $status "* ]] && ! has -e Sanitizer -e 'runtime error' <err ||
        { echo "cinstr $*: status $status" && head -n 20 err && return 1; }
}
views=('report' 'report --edges' 'report --tree --long-names' 'report --json' 'report --edges --csv' 'report --html page.html' 'verify'
    'merge -o merged.pb.gz' 'filter --budget 1' 'export --format callgrind -o exported' 'export --format folded -o exported'
    'export --format speedscope -o exported' 'export --format dot -o exported' 'export --format csv -o exported'
    "check --max-calls leaf=3")
reads_all() { # SOURCE
    local view
    for view in "${views[@]}"; do
        eval "answers 0 1 2 -- $view \"\$1\"" || return
    done
}
for source in kept/{forks.pb.gz,callbacks.pb.gz,at_once.pb.gz,_exit.seg,abort.seg}; do
    check "every command reads ${source##*/}" reads_all "$source"
done
finish
