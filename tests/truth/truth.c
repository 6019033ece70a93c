/* SPDX-License-Identifier: MIT */
/*
 * The uninstrumented half of a truth program: the tables' home, threads, handlers, callbacks and
 * coroutines, and the writing of the truth. Called by generated programs only. Built with
 * -fexceptions, since exceptions pass through the callbacks, and never with instrumentation.
 */
#define _GNU_SOURCE
#include "truth.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define STACK_SIZE (1024 * 1024)
#define SIDE_SIZE  (512 * 1024) /* alternate and coroutine stacks */

static struct truth_thread threads[TRUTH_THREADS];
static pthread_t handles[TRUTH_THREADS];
static int thread_count = 1;
static int async_interval_us;
static uint64_t random_seed;

__thread struct truth_thread *truth_self = &threads[0];
int truth_exit_caller = TRUTH_OUTSIDE;

static void fail(const char *what) {
    fprintf(stderr, "truth: %s: %s\n", what, strerror(errno));
    _exit(99);
}

static char *memory_map(size_t size) {
    void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
        fail("mmap");
    return at;
}

/* A jump out of a catch body leaves its exception caught for ever. That is harmless below all other
 * catch bodies, but inside one a later `throw;` would pick the wrong exception. */
struct truth_jump *truth_jump_choose(void) {
    struct truth_jump *jump = truth_self->state.jump;
    int catches = truth_self->state.catches;
    while (jump && truth_chance(3))
        jump = jump->saved.jump;
    while (jump && jump->saved.catches && jump->saved.catches != catches)
        jump = jump->saved.jump;
    if (jump && jump->saved.catches != catches)
        truth_self->left_catches++;
    return jump;
}

/* A worker may end from deep inside once its budget is nearly spent. libstdc++ ends the process
 * when pthread_exit unwinds through a catch while another exception is caught. */
int truth_may_exit(void) {
    if (truth_self->state.catches || truth_self->left_catches)
        return 0;
    return truth_self->is_worker && !truth_self->state.no_exit && truth_self->fuel_left <= 0 &&
           truth_self->fuel < 40;
}

int truth_may_finish(int caller) {
    if (!truth_self->may_finish || truth_self->state.no_exit || truth_self->fuel <= 0)
        return 0;
    truth_exit_caller = caller;
    truth_self->fuel = 200;
    truth_self->fuel_left = 0;
    truth_self->may_finish = 0;
    truth_barrier();
    return 1;
}

void truth_fuel_set(int64_t calls) {
    truth_self->fuel_left = calls;
    truth_self->fuel = 0;
}

/* The next slice of the budget; the result is the depth to start at, 0 when all is spent. */
int64_t truth_fuel_next(void) {
    int64_t slice = 50 + truth_random(4000);
    if (truth_self->fuel > 0)
        truth_self->fuel_left += truth_self->fuel;
    if (slice > truth_self->fuel_left)
        slice = truth_self->fuel_left;
    truth_self->fuel = slice;
    truth_self->fuel_left -= slice;
    if (slice <= 0)
        return 0;
    return truth_chance(16) ? 150 : 3 + truth_random(22);
}

static void async_mask(int how) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 3);
    pthread_sigmask(how, &set, NULL);
}

/* The timer ticks at this thread alone, so that every thread is interrupted. */
static void async_begin(void) {
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN + 3};
    long interval_ns = async_interval_us * 1000L;
    struct itimerspec every = {{0, interval_ns}, {0, interval_ns}};
    timer_t timer;
    if (!async_interval_us)
        return;
    event._sigev_un._tid = (pid_t)syscall(SYS_gettid);
    if (timer_create(CLOCK_MONOTONIC, &event, &timer) || timer_settime(timer, 0, &every, NULL))
        fail("timer_create");
    async_mask(SIG_UNBLOCK);
}

static void altstack_set(char *at) {
    stack_t stack = {.ss_sp = at, .ss_size = SIDE_SIZE};
    if (sigaltstack(&stack, NULL))
        fail("sigaltstack");
}

/* Before main and after it only plain calls are made. */
void truth_phase_begin(uint64_t seed) {
    truth_self->random = seed * 0x9E3779B97F4A7C15u + 1;
    truth_self->fuel = 100;
    truth_self->fuel_left = 0;
    truth_barrier();
    truth_self->state.handlers = 3;
    truth_self->state.no_switch = 1;
    truth_self->state.callback_depth = 5;
}

void truth_main_begin(int64_t calls, uint64_t seed, int async_us) {
    memset(&truth_self->state, 0, sizeof(truth_self->state));
    random_seed = seed;
    truth_self->random = seed * 0x9E3779B97F4A7C15u + 1;
    truth_fuel_set(calls);
    altstack_set(memory_map(SIDE_SIZE));
    async_interval_us = async_us;
    async_begin();
}

/* One mapping: alternate stack, thread stack, alternate stack; which one serves depends on the
 * thread's number, so that alternate stacks above and below the thread's own are both tried. */
void truth_thread_start(int index, void *(*start)(void *), int id, int64_t calls) {
    struct truth_thread *thread = &threads[index];
    pthread_attr_t attributes;
    char *memory = memory_map(STACK_SIZE + 2 * SIDE_SIZE);
    thread->random = (random_seed + (uint64_t)index) * 0xD1342543DE82EF95u + 1;
    thread->fuel_left = calls;
    thread->is_worker = 1;
    thread->coroutines[0].stack = memory; /* handed to truth_thread_begin */
    thread->edges[TRUTH_OUTSIDE][id]++;
    if (pthread_attr_init(&attributes) ||
        pthread_attr_setstack(&attributes, memory + SIDE_SIZE, STACK_SIZE))
        fail("pthread_attr_setstack");
    async_mask(SIG_BLOCK);
    if (pthread_create(&handles[index], &attributes, start, thread))
        fail("pthread_create");
    pthread_attr_destroy(&attributes);
    if (async_interval_us)
        async_mask(SIG_UNBLOCK);
    thread_count = index + 1;
}

void truth_thread_begin(void *argument) {
    struct truth_thread *thread = argument;
    char *memory = thread->coroutines[0].stack;
    truth_self = thread;
    thread->coroutines[0].stack = NULL;
    altstack_set((thread - threads) % 2 ? memory : memory + SIDE_SIZE + STACK_SIZE);
    async_begin();
}

void truth_threads_join(void) {
    for (int i = 1; i < thread_count; i++)
        if (pthread_join(handles[i], NULL))
            fail("pthread_join");
}

void truth_handler_install(int number, void (*handler)(int), int on_altstack) {
    struct sigaction action = {.sa_flags = SA_NODEFER | SA_RESTART};
    action.sa_handler = handler;
    action.sa_flags |= on_altstack ? SA_ONSTACK : 0;
    if (sigaction(number, &action, NULL))
        fail("sigaction");
}

void truth_async_install(void (*handler)(int), int on_altstack) {
    struct sigaction action = {.sa_flags = SA_RESTART};
    action.sa_handler = handler;
    action.sa_flags |= on_altstack ? SA_ONSTACK : 0;
    if (sigaction(SIGRTMIN + 3, &action, NULL))
        fail("sigaction");
}

/* A handler may be left by siglongjmp, but not by an exception or by leaving its stack. */
void truth_handler_open(struct truth_state *saved) {
    *saved = truth_self->state;
    truth_self->state.handlers++;
    truth_self->state.tries[0] = truth_self->state.tries[1] = 0;
    truth_self->state.no_switch = truth_self->state.no_exit = 1;
    truth_self->state.callback_depth = 6;
}

void truth_interruption_open(struct truth_interruption *saved) {
    saved->state = truth_self->state;
    saved->random = truth_self->random;
    saved->sum = truth_self->sum;
    saved->fuel = truth_self->fuel;
    saved->thrown = truth_self->thrown;
    truth_barrier();
    truth_self->state.handlers = 3;
    truth_self->state.no_switch = 1;
    truth_self->state.is_async = 1;
    truth_self->state.callback_depth = 5;
    truth_self->fuel = 12;
    truth_self->random |= 1;
}

void truth_interruption_close(const struct truth_interruption *saved) {
    truth_self->state = saved->state;
    truth_self->random = saved->random;
    truth_self->sum = saved->sum;
    truth_self->fuel = saved->fuel;
    truth_self->thrown = saved->thrown;
}

static void callback_open(int caller, int depth) {
    truth_self->state.callback_caller = caller;
    truth_self->state.callback_depth = depth;
}

void truth_sort(int (*compare)(const void *, const void *), int caller, int depth) {
    struct truth_state saved = truth_self->state;
    int numbers[5];
    for (int i = 0; i < 5; i++)
        numbers[i] = (int)truth_random(100);
    callback_open(caller, depth);
    qsort(numbers, 5, sizeof(numbers[0]), compare);
    truth_self->state = saved;
}

void truth_search(int (*compare)(const void *, const void *), int caller, int depth) {
    static const int numbers[7] = {1, 9, 20, 33, 57, 80, 99};
    struct truth_state saved = truth_self->state;
    int key = (int)truth_random(100);
    callback_open(caller, depth);
    if (bsearch(&key, numbers, 7, sizeof(numbers[0]), compare))
        truth_self->sum++;
    truth_self->state = saved;
}

int truth_call_through(int (*function)(int), int depth) {
    int result = function(depth);
    return result + 1;
}

/* Puts a stopped coroutine's stack to a new use, or goes on with one that has yielded. */
void truth_coroutine_run(void (*entry)(void), int id) {
    struct truth_coroutine *co = &truth_self->coroutines[truth_random(TRUTH_COROUTINES)];
    struct truth_state saved = truth_self->state;
    if (co->is_active || saved.no_switch || saved.is_async)
        return;
    if (!co->stack)
        co->stack = memory_map(SIDE_SIZE);
    if (!co->is_started || truth_chance(8)) {
        if (getcontext(&co->self))
            fail("getcontext");
        co->self.uc_stack.ss_sp = co->stack;
        co->self.uc_stack.ss_size = SIDE_SIZE;
        co->self.uc_link = &co->resumer;
        makecontext(&co->self, entry, 0);
        memset(&co->state, 0, sizeof(co->state));
        co->state.no_exit = 1;
        co->state.callback_depth = 4 + (int)truth_random(12);
        co->is_started = 1;
        TRUTH_EDGE(TRUTH_OUTSIDE, id);
    }
    co->is_active = 1;
    co->outer = truth_self->coroutine;
    truth_self->coroutine = co;
    truth_self->state = co->state;
    if (swapcontext(&co->resumer, &co->self))
        fail("swapcontext");
    if (truth_self->coroutine == co) { /* it ran to its end: uc_link brought us here */
        truth_self->coroutine = co->outer;
        co->is_started = 0;
    }
    co->is_active = 0;
    truth_self->state = saved;
}

void truth_coroutine_yield(void) {
    struct truth_coroutine *co = truth_self->coroutine;
    if (!co || truth_self->state.no_switch || truth_self->state.is_async)
        return;
    co->state = truth_self->state;
    truth_self->coroutine = co->outer;
    if (swapcontext(&co->self, &co->resumer))
        fail("swapcontext");
}

static const char *row_name(int row) {
    return row == TRUTH_OUTSIDE ? "-" : row == TRUTH_ANYWHERE ? "*" : truth_names[row];
}

static uint64_t edge_total(int row, int column) {
    uint64_t total = 0;
    for (int i = 0; i < thread_count; i++)
        total += threads[i].edges[row][column];
    return total;
}

static void truth_print(FILE *out) {
    uint64_t sum = 0;
    for (int i = 0; i < thread_count; i++)
        sum += threads[i].sum;
    fprintf(out, "# sum %llu\n", (unsigned long long)sum);
    for (int row = 0; row < TRUTH_ROWS; row++)
        for (int column = 0; column < truth_count; column++)
            if (edge_total(row, column))
                fprintf(out, "%s %s %llu\n", row_name(row), truth_names[column],
                        (unsigned long long)edge_total(row, column));
    for (int column = 0; column < truth_count; column++) {
        uint64_t entries = 0;
        for (int i = 0; i < thread_count; i++)
            entries += threads[i].entries[column];
        if (entries)
            fprintf(out, "= %s %llu\n", truth_names[column], (unsigned long long)entries);
    }
}

/* Priority 101: after every other destructor of the program. */
__attribute__((destructor(101))) static void truth_write(void) {
    const char *path = getenv("TRUTH_OUTPUT");
    FILE *out;
    async_mask(SIG_BLOCK);
    if (!path)
        return;
    out = fopen(path, "w");
    if (!out)
        fail(path);
    truth_print(out);
    if (fclose(out))
        fail(path);
}
