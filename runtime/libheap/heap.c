/* SPDX-License-Identifier: MIT */
/*
 * libcinstr_heap.so.0: heap=. Interposes the program's allocator, whichever that is, and charges
 * each allocation to the context that made it (charge_recorder.h), until it is freed. Linked with
 * -lcinstr_heap, before an allocator that is not libc's, or preloaded by `cinstr run --memprofile`.
 * Without heap= it costs two tests and a jump for each call.
 *
 * realloc() counts as a free and an allocation. operator new is charged once: by itself if it has
 * an allocator of its own (jemalloc, tcmalloc), else by the malloc() that it calls.
 */
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "heap_live.h"
#include "heap_sample.h"
#include "runtime/interposers/charge_library.h"

static struct {
    void *(*malloc)(size_t);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    void *(*memalign)(size_t, size_t);
    void *(*aligned_alloc)(size_t, size_t);
    int (*posix_memalign)(void **, size_t, size_t);
    void *(*valloc)(size_t);
    void *(*pvalloc)(size_t);
    void (*free)(void *);
} next;

static uint64_t *alloc_objects, *alloc_space, *inuse_objects, *inuse_space;
static bool is_on;

/* The operator new that is running: the malloc() that it calls is charged to its caller. */
static __thread struct {
    uintptr_t function, call_site;
} outer __attribute__((tls_model("initial-exec")));

/* --- before the allocator is known ------------------------------------------------------------ */

/* dlsym() may itself allocate a little. */
static char early[8192] __attribute__((aligned(16)));
static size_t early_used;

static void *early_malloc(size_t size) {
    const size_t rounded = (size + 15) & ~(size_t)15;
    if (size > sizeof(early) || rounded > sizeof(early) - early_used) {
        errno = ENOMEM;
        return NULL;
    }
    early_used += rounded;
    return early + early_used - rounded;
}

static bool is_early(const void *memory) {
    return (uintptr_t)memory - (uintptr_t)early < sizeof(early);
}

/* malloc() is looked up last: until it is known, the others are not used. */
static void find_allocator(void) {
    static bool is_finding;
    if (is_finding)
        return;
    is_finding = true;
    charge_library_next(&next.calloc, "calloc");
    charge_library_next(&next.realloc, "realloc");
    charge_library_next(&next.memalign, "memalign");
    charge_library_next(&next.aligned_alloc, "aligned_alloc");
    charge_library_next(&next.posix_memalign, "posix_memalign");
    charge_library_next(&next.valloc, "valloc");
    charge_library_next(&next.pvalloc, "pvalloc");
    charge_library_next(&next.free, "free");
    charge_library_next(&next.malloc, "malloc");
}

static bool is_ready(void) {
    if (!LIKELY(next.malloc != NULL))
        find_allocator();
    return next.malloc != NULL;
}

/* --- charging --------------------------------------------------------------------------------- */

static void charge_new(void *memory, size_t size, uintptr_t function, uintptr_t call_site) {
    const uint32_t objects = heap_sample_objects(size);
    struct heap_live live = {(uintptr_t)memory, size, 0, objects};
    if (objects != 0)
        live.node = charge_recorder->node(function, call_site);
    if (live.node == 0)
        return;
    charge_add(alloc_objects, live.node, objects);
    charge_add(alloc_space, live.node, objects * size);
    if (!heap_live_put(&live)) {
        charge_recorder->heap_lost();
        return;
    }
    charge_add(inuse_objects, live.node, objects);
    charge_add(inuse_space, live.node, objects * size);
    charge_recorder->trace_heap((int64_t)(objects * size));
}

static void give_back(const struct heap_live *live) {
    charge_take(inuse_objects, live->node, live->objects);
    charge_take(inuse_space, live->node, live->objects * live->size);
    charge_recorder->trace_heap(-(int64_t)(live->objects * live->size));
}

static inline void *charged_new(void *memory, size_t size, uintptr_t function,
                                uintptr_t call_site) {
    if (is_on) {
        if (outer.function != 0) {
            function = outer.function;
            call_site = outer.call_site;
            outer.function = 0;
        }
        if (memory != NULL)
            charge_new(memory, size, function, call_site);
    }
    return memory;
}

/* Called before the memory is freed, since another thread may be given it at once. */
static inline void charged_free(void *memory) {
    struct heap_live live;
    if (is_on && memory != NULL && heap_live_take((uintptr_t)memory, &live))
        give_back(&live);
}

/* --- C ---------------------------------------------------------------------------------------- */

VISIBLE void *malloc(size_t size) {
    if (!is_ready())
        return early_malloc(size);
    return charged_new(next.malloc(size), size, (uintptr_t)malloc, CALL_SITE());
}

VISIBLE void *calloc(size_t count, size_t size) {
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) {
        errno = ENOMEM;
        return NULL;
    }
    if (!is_ready())
        return early_malloc(total); /* already zero: this memory is handed out only once */
    return charged_new(next.calloc(count, size), total, (uintptr_t)calloc, CALL_SITE());
}

VISIBLE void free(void *memory) {
    if (memory == NULL || is_early(memory) || !is_ready())
        return;
    charged_free(memory);
    next.free(memory);
}

static void *move_early(const void *memory, size_t size) {
    const size_t most = (size_t)(early + sizeof(early) - (const char *)memory);
    void *moved = next.malloc(size);
    if (moved != NULL)
        memcpy(moved, memory, size < most ? size : most);
    return moved;
}

static void *charged_realloc(void *memory, size_t size, uintptr_t function, uintptr_t call_site) {
    struct heap_live live;
    const bool was_charged = is_on && memory != NULL && heap_live_take((uintptr_t)memory, &live);
    void *moved = next.realloc(memory, size);
    if (was_charged && moved == NULL && size != 0) { /* the old allocation still exists */
        if (!heap_live_put(&live))
            charge_recorder->heap_lost();
        return NULL;
    }
    if (was_charged)
        give_back(&live);
    return charged_new(moved, size, function, call_site);
}

VISIBLE void *realloc(void *memory, size_t size) {
    if (!is_ready())
        return memory == NULL ? early_malloc(size) : NULL;
    if (is_early(memory))
        return move_early(memory, size);
    return charged_realloc(memory, size, (uintptr_t)realloc, CALL_SITE());
}

VISIBLE void *reallocarray(void *memory, size_t count, size_t size) {
    size_t total;
    if (__builtin_mul_overflow(count, size, &total) || !is_ready()) {
        errno = ENOMEM;
        return NULL;
    }
    if (is_early(memory))
        return move_early(memory, total);
    return charged_realloc(memory, total, (uintptr_t)reallocarray, CALL_SITE());
}

VISIBLE void *memalign(size_t alignment, size_t size) {
    return !is_ready() ? NULL
                       : charged_new(next.memalign(alignment, size), size, (uintptr_t)memalign,
                                     CALL_SITE());
}

VISIBLE void *aligned_alloc(size_t alignment, size_t size) {
    return !is_ready() ? NULL
                       : charged_new(next.aligned_alloc(alignment, size), size,
                                     (uintptr_t)aligned_alloc, CALL_SITE());
}

VISIBLE int posix_memalign(void **memory, size_t alignment, size_t size) {
    const int result = !is_ready() ? ENOMEM : next.posix_memalign(memory, alignment, size);
    if (result == 0)
        charged_new(*memory, size, (uintptr_t)posix_memalign, CALL_SITE());
    return result;
}

VISIBLE void *valloc(size_t size) {
    return !is_ready() ? NULL
                       : charged_new(next.valloc(size), size, (uintptr_t)valloc, CALL_SITE());
}

VISIBLE void *pvalloc(size_t size) {
    return !is_ready() ? NULL
                       : charged_new(next.pvalloc(size), size, (uintptr_t)pvalloc, CALL_SITE());
}

/* --- C++ -------------------------------------------------------------------------------------- */

/* NOLINTBEGIN(bugprone-macro-parentheses): names and lists of arguments */
/* Named by their mangled names. The arguments after the first are an alignment or the address of
 * std::nothrow, and are passed on unchanged. Exceptions pass through. */
#define OPERATOR_NEW(symbol)                                                                       \
    VISIBLE void *symbol(size_t size, const void *a, const void *b);                               \
    VISIBLE void *symbol(size_t size, const void *a, const void *b) {                              \
        static void *(*real)(size_t, const void *, const void *);                                  \
        void *memory;                                                                              \
        if (real == NULL)                                                                          \
            charge_library_next(&real, #symbol);                                                   \
        if (is_on && outer.function == 0) { /* new[] may call new */                               \
            outer.function = (uintptr_t)symbol;                                                    \
            outer.call_site = CALL_SITE();                                                         \
        }                                                                                          \
        memory = real(size, a, b);                                                                 \
        return outer.function == 0 ? memory : charged_new(memory, size, 0, 0);                     \
    }
#define OPERATOR_DELETE(symbol)                                                                    \
    VISIBLE void symbol(void *memory, const void *a, const void *b);                               \
    VISIBLE void symbol(void *memory, const void *a, const void *b) {                              \
        static void (*real)(void *, const void *, const void *);                                   \
        if (real == NULL)                                                                          \
            charge_library_next(&real, #symbol);                                                   \
        charged_free(memory);                                                                      \
        real(memory, a, b);                                                                        \
    }

/* NOLINTEND(bugprone-macro-parentheses) */

OPERATOR_NEW(_Znwm)
OPERATOR_NEW(_Znam)
OPERATOR_NEW(_ZnwmRKSt9nothrow_t)
OPERATOR_NEW(_ZnamRKSt9nothrow_t)
OPERATOR_NEW(_ZnwmSt11align_val_t)
OPERATOR_NEW(_ZnamSt11align_val_t)
OPERATOR_NEW(_ZnwmSt11align_val_tRKSt9nothrow_t)
OPERATOR_NEW(_ZnamSt11align_val_tRKSt9nothrow_t)
OPERATOR_DELETE(_ZdlPv)
OPERATOR_DELETE(_ZdaPv)
OPERATOR_DELETE(_ZdlPvm)
OPERATOR_DELETE(_ZdaPvm)
OPERATOR_DELETE(_ZdlPvRKSt9nothrow_t)
OPERATOR_DELETE(_ZdaPvRKSt9nothrow_t)
OPERATOR_DELETE(_ZdlPvSt11align_val_t)
OPERATOR_DELETE(_ZdaPvSt11align_val_t)
OPERATOR_DELETE(_ZdlPvmSt11align_val_t)
OPERATOR_DELETE(_ZdaPvmSt11align_val_t)
OPERATOR_DELETE(_ZdlPvSt11align_val_tRKSt9nothrow_t)
OPERATOR_DELETE(_ZdaPvSt11align_val_tRKSt9nothrow_t)

/* --- its start -------------------------------------------------------------------------------- */

/* The recorder looks for this symbol, and warns if it is missing. */
VISIBLE const char cinstr_heap_is_there = 1;

__attribute__((constructor)) static void begin(void) {
    if (!is_ready() || !charge_library_open())
        return;
    alloc_objects = charge_recorder->column("alloc_objects");
    alloc_space = charge_recorder->column("alloc_space");
    inuse_objects = charge_recorder->column("inuse_objects");
    inuse_space = charge_recorder->column("inuse_space");
    if (inuse_space == NULL || !heap_live_init())
        return;
    if ((uintptr_t)dlsym(RTLD_DEFAULT, "malloc") != (uintptr_t)malloc) {
        charge_library_say("heap=: another malloc comes first: link with -lcinstr_heap before it, "
                           "or use `cinstr run --memprofile`");
        return;
    }
    heap_sample_init(charge_recorder->heap_period());
    is_on = true;
}
