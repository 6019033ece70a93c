#!/bin/bash
# SPDX-License-Identifier: MIT
# by_thread=1: the profile written at exit tells threads apart, those that ended before included. Each thread
# has the calls that it made and the name that it had last, and sums stay exact however many threads there
# are. The program below makes a known number of calls in each thread.
# shellcheck disable=SC2317
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
cd "$SCRATCH" || exit 1

# Threads `first`, `second` and `third` call work() 10, 20 and 30 times; `third` is still alive at the end.
# COUNT more threads call it once each, one after the other. A thread names itself after its first calls.
cat >threads.c <<'END_C'
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
volatile unsigned sink;
static sem_t done;
__attribute__((noinline)) void work(void) { sink++; }
static void *begin(void *argument) {
    const char *name = argument;
    const int calls = name[0] == 'f' ? 10 : name[0] == 's' ? 20 : 30;
    for (int i = 0; i < calls; i++)
        work();
    pthread_setname_np(pthread_self(), name);
    if (calls == 30) {
        sem_post(&done);
        for (;;)
            sem_wait(&(sem_t){0});
    }
    return NULL;
}
static void *once(void *argument) {
    work();
    return argument;
}
int main(int argc, char **argv) {
    pthread_t thread;
    char *names[] = {"first", "second", "third"};
    sem_init(&done, 0, 0);
    for (int i = 0; i < 3; i++) {
        pthread_create(&thread, NULL, begin, names[i]);
        if (i < 2)
            pthread_join(thread, NULL);
    }
    sem_wait(&done);
    for (int i = argc > 1 ? atoi(argv[1]) : 0; i > 0; i--) {
        pthread_create(&thread, NULL, once, NULL);
        pthread_join(thread, NULL);
    }
    pthread_setname_np(pthread_self(), "captain");
    work();
    return 0;
}
END_C
record() {
    gcc -O1 -g -finstrument-functions threads.c -o threads "${LINK_CINSTR[@]}" -lpthread &&
        "$CINSTR" run -q --by-thread -o few.pb.gz ./threads && "$CINSTR" run -q --by-thread -o many.pb.gz ./threads 600 &&
        CINSTR_OPTIONS=output=plain.pb.gz ./threads
}
check "programs with named threads are recorded" record || finish

calls_of() { # PROFILE FUNCTION OPTION…
    "$CINSTR" report --json "${@:3}" "$1" | jq --arg f "$2" '[.functions[] | select(.function == $f) | .calls] | add'
}
own() {
    local expected=(first 10 second 20 third 30 captain 1) i
    for ((i = 0; i < 8; i += 2)); do
        [[ $(calls_of few.pb.gz work --thread "${expected[i]}") == "${expected[i + 1]}" ]] || { echo "${expected[i]}" && return 1; }
    done
}
check "each thread has its own calls, under its last name" own
frames() {
    "$CINSTR" report --edges --by-thread --csv few.pb.gz | grep -o '\[thread [a-z]* [0-9]*\]' | sort -u >names
    [[ $(sed 's/.*thread \([a-z]*\) .*/\1/' names | sort | tr '\n' ' ') == 'captain first second third ' ]] || { cat names && return 1; }
}
check "report --by-thread has a row for each thread" frames
number() {
    local tid
    tid=$(sed -n 's/.*second \([0-9]*\).*/\1/p' names)
    [[ $(calls_of few.pb.gz work --thread "$tid") == 20 ]]
}
check "--thread takes a thread's number" number
many() {
    [[ $(calls_of many.pb.gz work) == 661 ]] && "$CINSTR" verify -q many.pb.gz && "$CINSTR" report --by-thread --csv many.pb.gz >many.csv &&
        has '^"\?\[thread ended threads' <many.csv && (($(grep -c '^\[thread threads ' many.csv) >= 100)) &&
        [[ $(calls_of many.pb.gz work --thread first) == 10 ]]
}
check "of many threads that end, the first are kept apart, and no call is lost" many
merged() { "$CINSTR" merge -q -o sum.pb.gz few.pb.gz few.pb.gz && [[ $(calls_of sum.pb.gz work --thread second) == 40 ]]; }
check "profiles by thread can be merged" merged

matching() {
    [[ $(calls_of few.pb.gz work --thread '[fs]*') == 30 && $(calls_of few.pb.gz work --thread '*ir*') == 40 ]] &&
        [[ $(calls_of few.pb.gz work --thread '*') == 61 ]]
}
check "threads can be picked by a pattern" matching
edges() { [[ $("$CINSTR" report --thread second --edges --csv few.pb.gz | grep '^begin,') == begin,work,20,* ]]; }
check "the edges are those of the thread" edges

refuses() { # PATTERN ARGUMENT…
    ! "$CINSTR" report "${@:2}" >said 2>err && is_empty said && [[ $(wc -l <err) == 1 ]] && grep -q -- "$1" err || { cat err && return 1; }
}
check "--thread refuses a name that no thread has, and names those that there are" \
    refuses "no thread is named 'fourth'; there are captain, first, second, third$" --thread fourth few.pb.gz
check "--thread says how to record a profile that tells threads apart" refuses 'run --by-thread' --thread first plain.pb.gz
finish
