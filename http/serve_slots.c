/* SPDX-License-Identifier: MIT */
/* See serve_slots.h. A process is in the table while it is being profiled. */
#include "serve_slots.h"

#include <pthread.h>

enum { PROCESSES = 16, WAITS = 16 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct {
    bool is_taken;
    uint32_t pid;
} processes[PROCESSES];
static unsigned waits;

bool serve_slots_take_process(uint32_t pid) {
    int found = -1;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < PROCESSES; i++) {
        if (!processes[i].is_taken) {
            found = i;
        } else if (processes[i].pid == pid) {
            found = -1;
            break;
        }
    }
    if (found >= 0) {
        processes[found].is_taken = true;
        processes[found].pid = pid;
    }
    pthread_mutex_unlock(&lock);
    return found >= 0;
}

void serve_slots_give_process(uint32_t pid) {
    pthread_mutex_lock(&lock);
    for (int i = 0; i < PROCESSES; i++) {
        if (processes[i].is_taken && processes[i].pid == pid)
            processes[i].is_taken = false;
    }
    pthread_mutex_unlock(&lock);
}

bool serve_slots_take_wait(void) {
    pthread_mutex_lock(&lock);
    const bool is_free = waits < WAITS;
    if (is_free)
        waits++;
    pthread_mutex_unlock(&lock);
    return is_free;
}

void serve_slots_give_wait(void) {
    pthread_mutex_lock(&lock);
    waits--;
    pthread_mutex_unlock(&lock);
}
