#!/bin/bash
# SPDX-License-Identifier: MIT
# `cinstr top`: tables of a running process, one after another or as a screen on a terminal, with calls per
# second. It obeys keys, and ends when it is told to and when the process does. The program makes 100 calls
# for each line that it gets.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$SCRATCH" || exit 1

# Makes 100 calls of work() for each line that it reads, and then answers.
cat >served.c <<'END_C'
#include <stdio.h>
volatile unsigned sink;
__attribute__((noinline)) void work(void) { sink++; }
__attribute__((noinline)) void a_function_with_quite_a_long_name_which_has_no_place_in_a_narrow_terminal(void) { work(); }
int main(void) {
    char line[16];
    puts("ready");
    for (fflush(stdout); fgets(line, sizeof(line), stdin) != NULL; fflush(stdout)) {
        for (int i = 0; i < 100; i++)
            a_function_with_quite_a_long_name_which_has_no_place_in_a_narrow_terminal();
        puts("done");
    }
}
END_C
segments=$SCRATCH/segments
mkdir -m 700 "$segments" && mkfifo asked answered keys
begin() { # OPTIONS
    CINSTR_OPTIONS=output=none:directory=$segments:$1 ./served <asked >answered &
    pid=$!
    exec 7>asked 8<answered
    read -r -u 8 line && [[ $line == ready ]]
}
ask() { echo >&7 && read -r -u 8 line && [[ $line == "done" ]]; }
end() { exec 7>&- && wait $pid; exec 8<&-; }
top() { "$CINSTR" top --directory "$segments" "$@"; }

check "a program that calls when asked is running" eval \
    'gcc -O1 -g -finstrument-functions served.c -o served "${LINK_CINSTR[@]}" && begin cpu=1 && ask' || finish

one() {
    top --count 1 $pid >text && has "^served ($pid), for .*201 calls, - a second" <text && has '^ *self *total *calls *a second  function$' <text &&
        has ' 100 *-  work$' <text && has ' 100 *-  a_function_.*_terminal$' <text && ! has $'\033' <text
}
check "the first table has all calls so far, and no control characters" one
sorted() { top --count 1 --sort calls --limit 1 $pid | tail -n 1 | has ' work$\| a_function'; }
check "--sort and --limit select rows" sorted

# The program makes calls between two tables: the second has a rate above 0.
lines_of() { [[ -e $2 ]] && (($(grep -c "$1" "$2") >= $3)); }
# Prints the rate in the first row of work() that has CALLS. A table's columns are of fixed widths: durations
# have spaces, and may be 200 ns as well.
rate_of() { # CALLS
    awk -v calls="$1" '$NF == "work" { gsub(",", ""); if ($(NF - 2) == calls) { print $(NF - 1); exit } }' tables
}
has_rate() { [[ $(rate_of "$1") ]]; }
rates() {
    top --interval 0.05 --count 100000 served >tables 7>&- 8<&- &
    local watcher=$! status=1
    await lines_of ' work$' tables 1 && ask && await has_rate 200 && status=0
    kill $watcher
    wait $watcher
    cat tables
    ((status == 0)) && awk -v rate="$(rate_of 200)" 'BEGIN { exit !(rate > 0) }'
}
check "the next table has the new calls and their rate" rates

# --- a terminal -------------------------------------------------------------------------------------

# on_terminal ARGUMENT…: in a pseudo terminal of 24 lines and 80 columns, with input from a FIFO.
on_terminal() {
    local command
    printf -v command '%q ' "$CINSTR" top --directory "$segments" "$@"
    rm -f screen
    TERM=xterm script -qefc "stty rows 24 cols 80; $command" screen <keys >/dev/null 2>&1 7>&- 8<&- &
    terminal=$!
    exec 9>keys
}
keys_are_followed() {
    on_terminal --interval 0.05 $pid && await lines_of 'q: quit' screen 1 && printf 'n' >&9 && printf 'q' >&9 && wait $terminal
}
check "on a terminal it shows a screen until q is typed" keys_are_followed
exec 9>&-
cut_names() { has 'a_funct.*\.\.\..*terminal' <screen && ! has 'which_has_no_place_in_a' <screen; }
check "long names are shortened in the middle" cut_names
restored() { tail -c 200 screen | has $'\033\\[?1049l'; }
check "the terminal is restored at the end" restored

ends() {
    on_terminal --interval 0.05 $pid && await lines_of 'q: quit' screen 1 && end && wait $terminal && has 'has ended' <screen
}
check "top ends when the process ends, and says so" ends
exec 9>&-

durations() {
    begin histogram=1 && ask && top --count 1 --sort p99 $pid >text && has ' a second *p50 *p99  function$' <text &&
        awk '$NF == "work" { found = NF >= 9 } END { exit !found }' text
}
check "with histogram=1 it shows percentiles of durations" durations
end

refuses() { # STATUS PATTERN ARGUMENT…
    local status=$1 pattern=$2 actual
    shift 2
    top "$@" >said 2>err
    actual=$?
    ((actual == status)) && is_empty said && grep -q -- "$pattern" err || { cat err && return 1; }
}
check "a process that does not exist is refused" refuses 1 'nobody' nobody
check "an invalid interval is refused" refuses 2 'interval' --interval 0 served
finish
