/* SPDX-License-Identifier: MIT */
/*
 * Where stacks begin and end. Resynchronisation by stack pointer (slow.c) works only within one
 * stack, so each stack has a lane of its own. pthread_getattr_np() cannot be used, because it
 * allocates.
 *
 * Everything but stacks_add() is async-signal-safe.
 */
#include "stacks.h"

#include <cinstr/segment.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "runtime/base/lane.h"
#include "runtime/base/page.h"
#include "runtime/base/sandbox.h"

extern void *__libc_stack_end; /* from the dynamic linker: where the main thread's stack began */

/* --- stacks named by makecontext() ------------------------------------------------------------ */

/* Stacks are found by the 64 KiB granules that they cover: an open-addressing table of (granule,
 * stack) pairs. Entries are never removed, but a stack that is named again at the same place
 * reuses its entry. */
#define STACKS         16384u
#define GRANULES       65536u /* a power of two */
#define GRANULE_SHIFT  16
#define STACK_GRANULES 1024u /* granules of one stack; of a larger stack only its top is found */

struct granule {
    _Atomic uint64_t number; /* + 1 */
    struct stack *stack;
};

static struct stack *stacks;
static struct granule *granules;
static uint32_t stack_count, granule_count;

void stacks_init(void) {
    const size_t size = STACKS * sizeof(*stacks) + GRANULES * sizeof(*granules);
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return;
    stacks = (struct stack *)memory;
    granules = (struct granule *)(memory + STACKS * sizeof(*stacks));
}

static uint32_t granule_slot(uint64_t number) {
    return (uint32_t)((number * UINT64_C(0x9e3779b97f4a7c15)) >> 48) & (GRANULES - 1);
}

struct stack *stacks_find(uintptr_t sp) {
    const uint64_t number = (sp - 1) >> GRANULE_SHIFT;
    uint64_t seen;
    if (granule_count == 0)
        return NULL;
    for (uint32_t slot = granule_slot(number);
         (seen = atomic_load_explicit(&granules[slot].number, memory_order_acquire)) != 0;
         slot = (slot + 1) & (GRANULES - 1)) {
        struct stack *stack = granules[slot].stack;
        if (seen == number + 1 && sp > stack->low && sp <= stack->high)
            return stack;
    }
    return NULL;
}

static void add_granules(struct stack *stack) {
    const uint64_t last = (stack->high - 1) >> GRANULE_SHIFT;
    uint64_t first = stack->low >> GRANULE_SHIFT;
    if (last - first >= STACK_GRANULES)
        first = last - STACK_GRANULES + 1;
    for (uint64_t number = first; number <= last && granule_count < GRANULES / 2; number++) {
        uint32_t slot = granule_slot(number);
        while (atomic_load(&granules[slot].number) != 0)
            slot = (slot + 1) & (GRANULES - 1);
        granules[slot].stack = stack;
        atomic_store_explicit(&granules[slot].number, number + 1, memory_order_release);
        granule_count++;
    }
}

bool stack_has_lane(const struct stack *stack) {
    const struct lane *lane = stack->lane;
    return lane != NULL && lane->ready && lane->info->kind == SEGMENT_LANE_STACK &&
           lane->high == stack->high;
}

bool stacks_are_there(void) {
    return granules != NULL;
}

void stacks_add(uintptr_t low, uintptr_t high) {
    struct stack *stack = stacks_find(high - 1);
    if (stack_count == STACKS)
        return;
    if (stack != NULL)
        stack->high = stack->low; /* the memory is reused with other bounds */
    stack = &stacks[stack_count++];
    stack->low = low;
    stack->high = high;
    add_granules(stack);
}

static bool is_in(const struct stack *stack, const struct lane *lane) {
    return stack->low < stack->high && stack->high <= lane->high &&
           stack->low >= lane->high - lane->bound;
}

bool stacks_are_in(const struct lane *lane) {
    for (uint32_t i = 0; i < stack_count; i++) {
        if (is_in(&stacks[i], lane))
            return true;
    }
    return false;
}

void stacks_forget(const struct lane *lane, uintptr_t sp) {
    for (uint32_t i = 0; i < stack_count; i++) {
        struct stack *stack = &stacks[i];
        if (is_in(stack, lane) &&
            (stack->high <= sp || (stack->is_owned && lane->top->sp > stack->low)))
            stack->high = stack->low;
    }
}

/* --- the rest --------------------------------------------------------------------------------- */

static bool is_main_thread(void) {
    static const short calls[] = {SYS_gettid, SYS_getpid, -1};
    return sandbox_allows_all(calls) && syscall(SYS_gettid) == getpid();
}

static bool stack_of_main_thread(uintptr_t *low, uintptr_t *high) {
    struct rlimit limit;
    uint64_t size = UINT64_C(8) << 20;
    *high = ((uintptr_t)__libc_stack_end + 2 * PAGE) & ~(PAGE - 1);
    if (getrlimit(RLIMIT_STACK, &limit) == 0)
        size = limit.rlim_cur == RLIM_INFINITY ? UINT64_C(1) << 40 : limit.rlim_cur;
    *low = *high > size ? *high - size : PAGE;
    return true;
}

/* glibc keeps a thread's control block at the upper end of its stack, also if the stack was
 * given to it. */
bool stack_of_thread(uintptr_t sp, uintptr_t *low, uintptr_t *high) {
    const uintptr_t control_block = (uintptr_t)pthread_self();
    if (is_main_thread())
        return stack_of_main_thread(low, high) && sp < *high && sp >= *low;
    if (sp >= control_block || control_block - sp > UINT64_C(1) << 30)
        return false;
    *high = control_block;
    *low = stack_extend(control_block & ~(PAGE - 1), sp);
    return *low <= sp;
}

bool stack_alternate(uintptr_t *low, uintptr_t *high, bool *is_on) {
    stack_t alternate;
    if (!sandbox_allows(SYS_sigaltstack) || sigaltstack(NULL, &alternate) != 0 ||
        (alternate.ss_flags & SS_DISABLE) != 0)
        return false;
    *low = (uintptr_t)alternate.ss_sp;
    *high = *low + alternate.ss_size;
    *is_on = (alternate.ss_flags & SS_ONSTACK) != 0;
    return true;
}

/* An alternate stack may lie right below the thread's own. */
static uintptr_t above_alternate_stack(uintptr_t limit, uintptr_t sp) {
    uintptr_t low, high;
    bool is_on;
    return stack_alternate(&low, &high, &is_on) && high <= sp && high > limit ? high : limit;
}

uintptr_t stack_extend(uintptr_t from, uintptr_t sp) {
    enum { BATCH = 32 };
    const uintptr_t wanted = (sp - 1) & ~(PAGE - 1); /* the hook itself runs below sp */
    uintptr_t low = from & ~(PAGE - 1);
    uintptr_t limit = wanted > 64 * PAGE ? wanted - 64 * PAGE : PAGE;

    limit = above_alternate_stack(limit, wanted);
    while (low > limit) {
        struct iovec remote[BATCH];
        char bytes[BATCH];
        const struct iovec local = {bytes, BATCH};
        uint64_t count = (low - limit) / PAGE;

        count = count > BATCH ? BATCH : count;
        for (uint64_t i = 0; i < count; i++) {
            remote[i].iov_base = (void *)(low - (i + 1) * PAGE);
            remote[i].iov_len = 1;
        }
        const long got =
            syscall(SYS_process_vm_readv, getpid(), &local, 1UL, remote, (unsigned long)count, 0UL);
        if (got < 0 && errno != EFAULT)
            return wanted; /* not permitted here: trust the stack pointer */
        if (got > 0)
            low -= (uint64_t)got * PAGE;
        if (got < (long)count)
            break;
    }
    return low <= wanted ? low : from;
}

static const char *parse_hex(const char *text, uintptr_t *value) {
    for (*value = 0;; text++) {
        if (*text >= '0' && *text <= '9')
            *value = *value * 16 + (uintptr_t)(*text - '0');
        else if (*text >= 'a' && *text <= 'f')
            *value = *value * 16 + (uintptr_t)(*text - 'a' + 10);
        else
            return text;
    }
}

bool stack_of_mapping(uintptr_t sp, uintptr_t *low, uintptr_t *high) {
    char buffer[1024];
    char line[40]; /* reads the addresses and skips the rest of each line */
    size_t used = 0;
    bool found = false;
    long got;
    const long fd = syscall(SYS_openat, AT_FDCWD, "/proc/self/maps", O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return false;
    while (!found && (got = syscall(SYS_read, fd, buffer, sizeof(buffer))) > 0) {
        for (long i = 0; i < got && !found; i++) {
            if (buffer[i] != '\n') {
                if (used < sizeof(line) - 1)
                    line[used++] = buffer[i];
                continue;
            }
            line[used] = '\0';
            used = 0;
            const char *dash = parse_hex(line, low);
            parse_hex(dash + 1, high);
            found = sp >= *low && sp < *high;
        }
    }
    syscall(SYS_close, fd);
    return found;
}
