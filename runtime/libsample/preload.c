/* SPDX-License-Identifier: MIT */
/*
 * libcinstr_sample.so.0, which `cinstr run --sample` preloads. In a program without hooks it loads
 * the recorder, which samples stacks, and tells it of new threads. In an instrumented program the
 * recorder is there already, and this does nothing.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/interposers/open_recorder.h"

#define VISIBLE __attribute__((visibility("default")))

extern const char *cinstr_version(void) __attribute__((weak));

static void (*sample_thread)(uintptr_t low, uintptr_t high);
static void (*sample_end)(void);
static int (*real_create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

/* The function that a new thread runs; free once the thread has taken it. */
static struct begin {
    _Atomic int is_used;
    void *(*function)(void *);
    void *argument;
} begins[256];

static void sample_this_thread(void) {
    pthread_attr_t attributes;
    void *low = NULL;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0)
        return;
    if (pthread_attr_getstack(&attributes, &low, &size) == 0)
        sample_thread((uintptr_t)low, (uintptr_t)low + size);
    pthread_attr_destroy(&attributes);
}

static void *run_thread(void *argument) {
    struct begin *begin = argument;
    void *(*const function)(void *) = begin->function;
    void *const own_argument = begin->argument;

    atomic_store(&begin->is_used, 0);
    sample_this_thread();
    return function(own_argument);
}

static struct begin *take_begin(void) {
    for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
        if (atomic_exchange(&begins[i].is_used, 1) == 0)
            return &begins[i];
    }
    return NULL; /* too many threads start at once: this one is not sampled */
}

VISIBLE int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                           void *(*function)(void *), void *argument) {
    struct begin *begin = NULL;
    int result;
    if (real_create == NULL)
        *(void **)&real_create = dlsym(RTLD_NEXT, "pthread_create");
    if (sample_thread != NULL)
        begin = take_begin();
    if (begin == NULL)
        return real_create(thread, attributes, function, argument);
    begin->function = function;
    begin->argument = argument;
    result = real_create(thread, attributes, run_thread, begin);
    if (result != 0)
        atomic_store(&begin->is_used, 0);
    return result;
}

/* Shells end with it. */
VISIBLE __attribute__((noreturn)) void _exit(int status) {
    if (sample_end != NULL)
        sample_end();
    for (;;)
        syscall(SYS_exit_group, status);
}

VISIBLE __attribute__((noreturn)) void _Exit(int status) {
    _exit(status);
}

__attribute__((constructor)) static void begin_sampling(void) {
    void *recorder;
    if (cinstr_version != NULL)
        return;
    recorder = open_recorder();
    if (recorder == NULL) {
        fprintf(stderr, "cinstr: no sampling: %s\n", dlerror());
        return;
    }
    *(void **)&sample_end = dlsym(recorder, "cinstr_sample_end");
    *(void **)&sample_thread = dlsym(recorder, "cinstr_sample_thread");
    if (sample_thread != NULL)
        sample_this_thread();
}
