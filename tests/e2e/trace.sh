#!/bin/bash
# SPDX-License-Identifier: MIT
# trace= and trace_ring=: every entry and exit is in the trace, in order; there are as many as calls in the
# exact profile; an independent decoder reads it; it outlives the process; and lost events are counted.
# traced.c prints its own events.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/programs/harness.sh
. "$TOP/tests/programs/harness.sh"
# shellcheck source=tests/real/programs.sh
. "$TOP/tests/real/programs.sh"

# chunks TRACE: the files into which the trace is drained.
chunks() { compgen -G "$SCRATCH/$1.*.chunks"; }

options() { # TRACE OPTIONS…
    printf 'output=none:directory=%s:%s' "$SEGMENTS" "$1"
}

# chrome FILE: the events in the form in which the program prints them, without times
chrome() {
    jq -r '.traceEvents[] | select(.ph != "M") | select(.name != "was off the CPU") |
        if .ph == "B" then "B " + .name elif .ph == "E" then "E" elif .ph == "i" then "i " + .name
        else "C " + .name + " " + (.args.value | tostring) end' "$1"
}

# raw FILE: the type of each track event of a Perfetto trace, read by field numbers alone
raw() {
    protoc --decode_raw <"$1" | awk '/^  11 \{/ { inside = 1; type = ""; next }
        inside && /^    9: / { type = $2 } inside && /^  \}/ { print type; inside = 0 }'
}

# nests FILE: in each thread of a Chrome trace times never decrease, and no end is without its begin
nests() {
    jq -r '.traceEvents[] | select(.ph == "B" or .ph == "E") | [.tid, .ph, .ts] | @tsv' "$1" |
        awk '{ depth[$1] += $2 == "B" ? 1 : -1; if (depth[$1] < 0 || $3 < last[$1]) { print "at", $0; wrong = 1 }
            last[$1] = $3 } END { exit wrong || NR == 0 }'
}

for compiler in "${compilers[@]}"; do
    check "$compiler: a program with known calls builds" \
        program_build "$compiler" traced "-I$TOP/include" || continue
    events_in_order() {
        CINSTR_OPTIONS=$(options "trace=$SCRATCH/known.json") "$SCRATCH/traced" known >"$SCRATCH/said" &&
            chrome "$SCRATCH/known.json" >"$SCRATCH/found" && diff "$SCRATCH/said" "$SCRATCH/found" &&
            nests "$SCRATCH/known.json" && [[ ! $(chunks known.json) ]]
    }
    check "$compiler: each entry, exit, jump, mark and value is in the trace, in order" events_in_order
done

same_in_perfetto() {
    CINSTR_OPTIONS=$(options "trace=$SCRATCH/known.pftrace") "$SCRATCH/traced" known >"$SCRATCH/said" &&
        raw "$SCRATCH/known.pftrace" | grep -v '^$' >"$SCRATCH/types" || return
    # 1 begin, 2 end, 3 instant, 4 counter. Time off the CPU is an instant, too, which is subtracted.
    sed 's/^B.*/1/; s/^E.*/2/; s/^i.*/3/; s/^C.*/4/' "$SCRATCH/said" >"$SCRATCH/expected"
    protoc --decode_raw <"$SCRATCH/known.pftrace" | grep -c '23: "was off the CPU"' >"$SCRATCH/off"
    diff <(grep -v 3 "$SCRATCH/expected") <(grep -v 3 "$SCRATCH/types") &&
        (($(grep -c 3 "$SCRATCH/types") - $(cat "$SCRATCH/off") == $(grep -c 3 "$SCRATCH/expected")))
}
check "an independent decoder finds the same in Perfetto's format" same_in_perfetto

one_track_a_thread() {
    CINSTR_OPTIONS=$(options "trace=$SCRATCH/threads.json") "$SCRATCH/traced" threads 20000 &&
        nests "$SCRATCH/threads.json" || return
    jq -r '.traceEvents[] | select(.ph == "B") | [.tid, .name] | @tsv' "$SCRATCH/threads.json" |
        grep 'work' | sort | uniq -c | awk '{ print $1, $3 }' | sort >"$SCRATCH/found"
    printf '1 works\n1 works\n1 works\n1 works\n20000 work\n20000 work\n20000 work\n20000 work\n' | sort |
        diff - "$SCRATCH/found"
}
check "each thread has a track with all of its calls, even if it has ended" one_track_a_thread

# --- a real program -------------------------------------------------------------------------------

# Events that the writer was too slow for are counted: each is a begin or an end.
lua_calls() {
    local calls lost begins
    real_build lua gcc hooks "$SCRATCH/lua" "${LINK_CINSTR[@]}" && cd "$SCRATCH" || return
    real_run lua test env CINSTR_OPTIONS="output=lua.pb.gz:directory=$SEGMENTS:trace=lua.json" ./lua >/dev/null || return
    calls=$("$CINSTR" report --json lua.pb.gz | jq '[.functions[].calls] | add')
    lost=$(tail -c 300 lua.json | sed -n 's/.*"lost_events":"\([0-9]*\)".*/\1/p')
    begins=$(grep -c '^{"ph":"B"' lua.json)
    echo "$calls calls, $begins begins, $lost lost"
    ((calls > 1000000 && begins <= calls && begins + lost >= calls)) && { ((lost > 0)) || ((begins == calls)); }
}
check "Lua: the trace has as many begins as the exact profile has calls" lua_calls

lua_nests() {
    awk -F'[:,]' '/^{"ph":"B"/ { depth[$6]++ } /^{"ph":"E"/ { depth[$6]--; if (depth[$6] < 0) wrong = 1 }
        END { exit wrong || NR < 1000000 }' "$SCRATCH/lua.json"
}
check "Lua: no end is without its begin" lua_nests

# --- processes that were killed -------------------------------------------------------------------

# spin OPTIONS COUNT: starts a process, which makes its calls and waits; its pid is in `pid`
spin() {
    exec 8< <(CINSTR_OPTIONS=$(options "$1") exec "$SCRATCH/traced" spin "$2")
    pid=$!
    read -r _ <&8
}
died() {
    kill -9 "$pid"
    await has_ended "$pid"
}

kept_through_death() {
    spin "trace=$SCRATCH/killed.json" 5000 && died || return
    "$CINSTR" dump -q --directory "$SEGMENTS" --trace "$SCRATCH/dumped.json" "$pid" &&
        (($(grep -c '"ph":"B".*"name":"work"' "$SCRATCH/dumped.json") == 5000)) && nests "$SCRATCH/dumped.json"
}
check "dump --trace has all events of a process that was killed" kept_through_death

# A running process that writes to the same name keeps its own file. A file that was replaced is not removed,
# although a segment names it.
cleaned() {
    [[ $(chunks killed.json) ]] || return
    spin "trace=$SCRATCH/killed.json" 1 && "$CINSTR" ps -q --directory "$SEGMENTS" --clean &&
        (($(chunks killed.json | wc -l) == 1)) || { died && return 1; }
    died
    "$CINSTR" ps -q --directory "$SEGMENTS" --clean && [[ ! $(chunks killed.json) ]] || return
    spin "trace=$SCRATCH/replaced.json" 1 && died && echo text >"$(chunks replaced.json)" &&
        "$CINSTR" ps -q --directory "$SEGMENTS" --clean && [[ -s $(chunks replaced.json) && -z $(ls "$SEGMENTS") ]]
}
check "ps --clean removes what the trace of an ended process was drained to" cleaned

flight_recorder() {
    spin trace_ring=1 1000000 || return
    "$CINSTR" dump -q --directory "$SEGMENTS" --trace "$SCRATCH/last.json" "$pid" || return
    died
    # A MiB has 131,072 words, nearly all of them for calls. works() is there though its entry was
    # overwritten.
    awk '/"ph":"B"/ { begins++ } /"ph":"E"/ { ends++ } /"ph":"B".*"name":"works"/ { works++ }
        END { print begins, ends, works; exit !(begins > 60000 && begins < 65600 && works == 1) }' "$SCRATCH/last.json" &&
        nests "$SCRATCH/last.json"
}
check "trace_ring= keeps the last events of a running process, inside the calls that are still open" flight_recorder

counts_what_is_lost() {
    # The file must not grow: nothing is drained, and events without room are lost.
    CINSTR_OPTIONS=$(options "trace=$SCRATCH/full.json") "$SCRATCH/traced" spin 1000000 limited >"$SCRATCH/fifo" &
    pid=$!
    read -r _ <"$SCRATCH/fifo"
    "$CINSTR" dump -q --directory "$SEGMENTS" --trace "$SCRATCH/full.out.json" "$pid" || { died && return 1; }
    died
    local lost begins
    lost=$(tail -c 300 "$SCRATCH/full.out.json" | sed -n 's/.*"lost_events":"\([0-9]*\)".*/\1/p')
    begins=$(grep -c '"ph":"B"' "$SCRATCH/full.out.json")
    echo "$begins begins, $lost lost"
    ((lost > 1000000 && begins + lost >= 1000001))
}
mkfifo "$SCRATCH/fifo"
check "if the trace cannot be written, events are lost and counted, and the program runs on" counts_what_is_lost

# --- errors ---------------------------------------------------------------------------------------

nothing_recorded() {
    CINSTR_OPTIONS=output=none:directory=$SEGMENTS "$SCRATCH/traced" spin 1 >"$SCRATCH/fifo" &
    pid=$!
    read -r _ <"$SCRATCH/fifo"
    "$CINSTR" dump --directory "$SEGMENTS" --trace "$SCRATCH/none.json" "$pid" 2>"$SCRATCH/err" && { died && return 1; }
    died
    (($(wc -l <"$SCRATCH/err") == 1)) && grep -q 'trace=FILE' "$SCRATCH/err" && [[ ! -e $SCRATCH/none.json ]]
}
check "dump --trace of a process without a trace says how to record one" nothing_recorded

cannot_write() {
    CINSTR_OPTIONS=$(options "trace=/nowhere/t.json") "$SCRATCH/traced" known >/dev/null 2>"$SCRATCH/err" &&
        (($(wc -l <"$SCRATCH/err") == 1)) && grep -q '/nowhere/t.json.*[.]chunks' "$SCRATCH/err"
}
check "a trace file that cannot be created gets one line, and the program runs on" cannot_write

heap_and_locks() {
    cat >"$SCRATCH/both.c" <<'END'
#include <pthread.h>
#include <stdlib.h>
static void *volatile kept;
static pthread_barrier_t barrier;
__attribute__((noinline)) static void *meets(void *argument) { pthread_barrier_wait(&barrier); return argument; }
__attribute__((noinline)) static void holds(void) { kept = malloc(1000); free(kept); }
int main(void) {
    pthread_t thread;
    holds();
    pthread_barrier_init(&barrier, NULL, 2);
    pthread_create(&thread, NULL, meets, NULL);
    meets(NULL);
    pthread_join(thread, NULL);
}
END
    gcc -g -w -finstrument-functions "$SCRATCH/both.c" -L"$BUILD" -lcinstr_heap -lcinstr_block "${LINK_CINSTR[@]}" -pthread -o "$SCRATCH/both" &&
        CINSTR_OPTIONS=$(options "trace=$SCRATCH/both.json:heap=exact:block=1") "$SCRATCH/both" && nests "$SCRATCH/both.json" &&
        chrome "$SCRATCH/both.json" >"$SCRATCH/found" && grep -q '^C memory in use 1000$' "$SCRATCH/found" &&
        (($(grep -c '^B pthread_barrier_wait$' "$SCRATCH/found") == 2))
}
check "with heap= and block= the trace has memory and waits" heap_and_locks
finish
