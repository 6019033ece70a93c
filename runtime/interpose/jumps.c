/* SPDX-License-Identifier: MIT */
/*
 * Jumps out of open calls: setjmp and longjmp in all their names, vfork, which returns twice, and
 * the start of a C++ handler. The interposed setjmp family (jumps.S) notes how many calls were
 * open; longjmp goes back to that many. Stack pointers alone cannot tell an inlined function from
 * the one it was inlined into.
 *
 * Jumps that are not seen (__builtin_longjmp, those of static programs) are left to the
 * resynchronisation by stack pointer in slow.c. Constructors may jump before the recorder starts,
 * and programs in which it never does.
 */
#include "jumps.h"

#include <cinstr/segment.h>

#include <dlfcn.h>
#include <errno.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>

#include "near_name.h"
#include "runtime/base/clock.h"
#include "runtime/base/lane.h"
#include "runtime/base/libc.h"
#include "runtime/base/state.h"
#include "runtime/entry/entry.h"
#include "runtime/entry/lane_select.h"
#include "runtime/segment/segment_writer.h"
#include "runtime/tree/cpu_time.h"
#include "runtime/tree/open_jumps.h"
#include "runtime/tree/places.h"
#include "runtime/tree/shadow.h"

void (*cinstr_real_longjmp)(struct __jmp_buf_tag *, int);
void (*cinstr_real_siglongjmp)(struct __jmp_buf_tag *, int);
void (*cinstr_real_longjmp_chk)(struct __jmp_buf_tag *, int);
void *(*cinstr_real_begin_catch)(void *);
void *cinstr_real_setjmp, *cinstr_real__setjmp, *cinstr_real___sigsetjmp;

void jumps_init(void) {
    cinstr_real_setjmp = next_symbol("setjmp");
    cinstr_real__setjmp = next_symbol("_setjmp");
    cinstr_real___sigsetjmp = next_symbol("__sigsetjmp");
    *(void **)&cinstr_real_longjmp = next_symbol("longjmp");
    *(void **)&cinstr_real_siglongjmp = next_symbol("siglongjmp");
    *(void **)&cinstr_real_longjmp_chk = next_symbol("__longjmp_chk");
}

/* The current lane, if this thread has been recorded and is not inside a hook. */
static struct lane *lane_for_jump(uintptr_t sp) {
    if (process_state != PROCESS_UP || process_is_forked() || !cinstr1_self->ready)
        return NULL;
    return lane_for_hook(sp);
}

static void drop_dead(struct jumps *jumps, uint64_t buffer, uintptr_t sp) {
    uint64_t kept = 0;
    for (uint64_t i = 0; i < jumps->count; i++) {
        if (jumps->open[i].sp >= sp && jumps->open[i].buffer != buffer)
            jumps->open[kept++] = jumps->open[i];
    }
    if (kept == JUMPS) {
        for (uint64_t i = 1; i < kept; i++)
            jumps->open[i - 1] = jumps->open[i];
        kept--;
    }
    jumps->count = kept;
}

void cinstr_note_setjmp(const void *buffer, uintptr_t sp) {
    const int saved_errno = errno;
    struct lane *lane = lane_for_jump(sp);
    if (cinstr_real_setjmp == NULL)
        jumps_init();
    if (lane != NULL) {
        struct jumps *jumps = lane->jumps;
        if (jumps == NULL)
            jumps = lane->jumps = segment_take_heap(4096);
        if (jumps != NULL) {
            const uint64_t depth = (uint64_t)(lane->top - shadow_base(lane));
            drop_dead(jumps, (uintptr_t)buffer, sp);
            jumps->open[jumps->count++] = (struct jump){(uintptr_t)buffer, sp, depth, cinstr1_slot};
        }
        lane_rest(lane);
    }
    errno = saved_errno;
}

static const struct jump *find_jump(const struct lane *lane, const void *buffer) {
    const struct jumps *jumps = lane->jumps;
    for (uint64_t i = jumps == NULL ? 0 : jumps->count; i > 0; i--) {
        if (jumps->open[i - 1].buffer == (uintptr_t)buffer)
            return &jumps->open[i - 1];
    }
    return NULL;
}

static void land(struct lane *lane, const struct jump *jump) {
    struct segment_frame *target = shadow_base(lane) + jump->depth;
    while (cinstr1_self != lane && cinstr1_self->info->kind == SEGMENT_LANE_SIGNAL)
        lane_leave(cinstr1_self, clock_ticks());
    cinstr1_self = lane;
    if (lane_in_hook(lane))
        shadow_repair(lane);
    lane->span = lane->bound;
    SIGNAL_FENCE();
    if (target < lane->top) {
        lane->overflow = 0;
        shadow_unwind(lane, target, cpu_time_now(lane));
    }
    cinstr1_slot = jump->slot;
    lane_rest(lane);
}

static void note_longjmp(const void *buffer, uintptr_t sp) {
    const int saved_errno = errno;
    struct lane *current = lane_for_jump(sp);
    if (cinstr_real_setjmp == NULL)
        jumps_init();
    if (current != NULL) {
        lane_rest(current);
        for (struct lane *lane = current->thread; lane != NULL; lane = lane->sibling) {
            const struct jump *jump = find_jump(lane, buffer);
            if (jump != NULL) {
                land(lane, jump);
                break;
            }
        }
    }
    errno = saved_errno;
}

/* A vfork child borrows the thread until it ends or execs: the calls that it has left open then are
 * not the parent's. */
void cinstr_before_vfork(uintptr_t sp) {
    const int saved_errno = errno;
    struct lane *lane = lane_for_jump(sp);
    if (lane != NULL) {
        lane->vfork_depth = (uint64_t)(lane->top - shadow_base(lane));
        lane->vfork_slot = cinstr1_slot;
        lane_rest(lane);
    }
    errno = saved_errno;
}

long cinstr_after_vfork(long result) {
    const int saved_errno = errno;
    struct lane *lane = lane_for_jump((uintptr_t)__builtin_dwarf_cfa());
    if (lane != NULL) {
        shadow_unwind(lane, shadow_base(lane) + lane->vfork_depth, cpu_time_now(lane));
        cinstr1_slot = lane->vfork_slot;
        lane_rest(lane);
    }
    errno = result < 0 ? (int)-result : saved_errno;
    return result < 0 ? -1 : result;
}

#define INTERPOSED __attribute__((visibility("default"), noreturn))
#define CALLER_SP  ((uintptr_t)__builtin_dwarf_cfa())

INTERPOSED void longjmp(jmp_buf buffer, int value) {
    note_longjmp(buffer, CALLER_SP);
    cinstr_real_longjmp(buffer, value);
    __builtin_trap();
}
NEAR_NAME(longjmp);

INTERPOSED void _longjmp(jmp_buf buffer, int value) {
    note_longjmp(buffer, CALLER_SP);
    cinstr_real_longjmp(buffer, value);
    __builtin_trap();
}
NEAR_NAME(_longjmp);

INTERPOSED void siglongjmp(sigjmp_buf buffer, int value) {
    note_longjmp(buffer, CALLER_SP);
    cinstr_real_siglongjmp(buffer, value);
    __builtin_trap();
}
NEAR_NAME(siglongjmp);

INTERPOSED void __longjmp_chk(jmp_buf buffer, int value) {
    note_longjmp(buffer, CALLER_SP);
    cinstr_real_longjmp_chk(buffer, value);
    __builtin_trap();
}
NEAR_NAME(__longjmp_chk);

/* Calls of __builtin_setjmp() and __builtin_longjmp(), which the compiler makes no calls of: by
 * `cinstr cc`, which puts these before them. */
void cinstr1_builtin_setjmp(const void *buffer) {
    cinstr_note_setjmp(buffer, CALLER_SP);
}

void cinstr1_builtin_longjmp(const void *buffer) {
    note_longjmp(buffer, CALLER_SP);
}

/* Looked up at need: libstdc++ may be loaded late, and in C programs never; and not behind us,
 * where a host loads libraries one by one. */
static void find_begin_catch(void) {
    void *(*open)(const char *, int);
    void *library = NULL;
    *(void **)&cinstr_real_begin_catch = next_symbol("__cxa_begin_catch");
    if (cinstr_real_begin_catch != NULL)
        return;
    *(void **)&open = dlsym(RTLD_DEFAULT, "dlopen");
    if (open != NULL && (library = open("libstdc++.so.6", RTLD_NOLOAD | RTLD_LAZY)) == NULL)
        library = open("libc++abi.so.1", RTLD_NOLOAD | RTLD_LAZY);
    if (library != NULL)
        *(void **)&cinstr_real_begin_catch = dlsym(library, "__cxa_begin_catch");
}

/* A C++ handler begins: the frames below it are gone, and clang's hooks have not said so. */
__attribute__((visibility("default"))) void *__cxa_begin_catch(void *exception) {
    const uintptr_t sp = CALLER_SP;
    const int saved_errno = errno;
    struct lane *lane = lane_for_jump(sp);
    if (lane != NULL) {
        struct segment_frame *top = lane->top;
        while (top > shadow_base(lane) && top->sp < sp)
            top--;
        shadow_unwind(lane, top, cpu_time_now(lane));
        lane->resync_sp = sp;
        lane_rest(lane);
        lane_wake(lane); /* the next entry must look whether it meets an abandoned frame */
        lane->span = 0;
    }
    if (cinstr_real_begin_catch == NULL)
        find_begin_catch();
    errno = saved_errno;
    return cinstr_real_begin_catch(exception);
}
NEAR_NAME(__cxa_begin_catch);
