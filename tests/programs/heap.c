/* SPDX-License-Identifier: MIT */
/*
 * Makes allocations of known number and size, for tests of heap profiles.
 *
 *     heap known      each function prints what it alone allocated and still holds, one line:
 *                     NAME ALLOC_OBJECTS ALLOC_SPACE INUSE_OBJECTS INUSE_SPACE
 *     heap freed      many threads allocate, pass the memory on and end; other threads free it
 *     heap fork       a child frees memory of its parent and allocates its own
 *     heap random N   N allocations of random sizes by two functions; some are never freed
 *     heap refused    realloc fails, and the old memory remains in use
 *     heap reset      allocations before cinstr_reset() that are still in use, and after it
 */
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef WITH_CINSTR
#include <cinstr.h>
#endif

#define NOINLINE __attribute__((noinline))
#define UNTRACED __attribute__((no_instrument_function))

static void *volatile kept[64];
static int kept_count;

UNTRACED static void say(const char *name, long objects, long space, long held, long held_space) {
    char line[128];
    const int length = snprintf(line, sizeof(line), "%s %ld %ld %ld %ld\n", name, objects, space,
                                held, held_space);
    if (write(1, line, (size_t)length) < 0) /* stdio would allocate */
        abort();
}

UNTRACED static void keep(void *memory) {
    kept[kept_count++] = memory;
}

NOINLINE static void planted_leak(void) {
    for (int i = 0; i < 7; i++)
        keep(malloc(1000));
    say("planted_leak", 7, 7000, 7, 7000);
}

NOINLINE static void freed_at_once(void) {
    for (int i = 0; i < 1000; i++) {
        void *volatile memory = malloc(24);
        free(memory);
    }
    say("freed_at_once", 1000, 24000, 0, 0);
}

NOINLINE static void zeroed(void) {
    keep(calloc(10, 30));
    say("zeroed", 1, 300, 1, 300);
}

NOINLINE static void grown(void) {
    void *memory = NULL;
    for (size_t size = 100; size <= 1000; size += 100)
        memory = realloc(memory, size);
    keep(reallocarray(memory, 10, 200));
    say("grown", 11, 5500 + 2000, 1, 2000);
}

NOINLINE static void aligned(void) {
    void *memory = NULL, *volatile page = valloc(100);
    free(page);
    keep(aligned_alloc(64, 640));
    keep(memalign(128, 1280));
    if (posix_memalign(&memory, 256, 2560) == 0)
        keep(memory);
    say("aligned", 4, 640 + 1280 + 2560 + 100, 3, 640 + 1280 + 2560);
}

NOINLINE static void copied(void) {
    keep(strdup("0123456789"));
    say("copied", 1, 11, 1, 11);
}

NOINLINE static void given_back_by_realloc(void) {
    void *volatile memory = malloc(50);
    memory = realloc(memory, 0);
    say("given_back_by_realloc", 1, 50, 0, 0);
}

/* --- threads ---------------------------------------------------------------------------------- */

#define HANDED 200
static void *handed[8][HANDED];

NOINLINE static void *allocate_and_end(void *argument) {
    void **mine = argument;
    for (int i = 0; i < HANDED; i++)
        mine[i] = malloc((size_t)(16 + i));
    return NULL;
}

NOINLINE static void free_all(void) {
    for (size_t t = 0; t < 8; t++)
        for (int i = 0; i < HANDED; i++)
            free(handed[t][i]);
}

static int freed(void) {
    for (int round = 0; round < 50; round++) {
        pthread_t threads[8];

        for (size_t t = 0; t < 8; t++)
            pthread_create(&threads[t], NULL, allocate_and_end, handed[t]);
        for (size_t t = 0; t < 8; t++)
            pthread_join(threads[t], NULL);
        free_all();
    }
    return 0;
}

/* --- the rest --------------------------------------------------------------------------------- */

NOINLINE static void *of_parent(void) {
    return malloc(111);
}

NOINLINE static void *of_child(void) {
    return malloc(222);
}

static int forked(void) {
    void *memory = of_parent();
    int status = 0;
    if (fork() == 0) {
        free(memory);
        keep(of_child());
        exit(0);
    }
    wait(&status);
    keep(memory);
    return status;
}

NOINLINE static void *small(uint64_t random) {
    return malloc((size_t)(random >> 57) + 1); /* 1 to 128 */
}

NOINLINE static void *large(uint64_t random) {
    return malloc((size_t)(random >> 46) + 1); /* 1 to 262144 */
}

static int random_sizes(long count) {
    uint64_t random = 42;
    for (long i = 0; i < count; i++) {
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
        void *volatile memory = i % 8 == 0 ? large(random) : small(random);
        if (i % 4 == 3) /* only small ones are kept */
            continue;
        free(memory);
    }
    return 0;
}

NOINLINE static void refused(void) {
    void *memory = malloc(333);
    if (realloc(memory, SIZE_MAX / 4) == NULL)
        keep(memory);
}

#ifdef WITH_CINSTR
NOINLINE static void before_reset(void) {
    keep(malloc(444));
}

NOINLINE static void after_reset(void) {
    keep(malloc(555));
}

static int reset(void) {
    before_reset();
    cinstr_reset();
    after_reset();
    return cinstr_write_heap_profile(1);
}
#endif

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "known";
    if (strcmp(what, "freed") == 0)
        return freed();
    if (strcmp(what, "fork") == 0)
        return forked();
    if (strcmp(what, "random") == 0)
        return random_sizes(atol(argv[2]));
    if (strcmp(what, "refused") == 0) {
        refused();
        return 0;
    }
#ifdef WITH_CINSTR
    if (strcmp(what, "reset") == 0)
        return reset();
#endif
    planted_leak();
    freed_at_once();
    zeroed();
    grown();
    aligned();
    copied();
    given_back_by_realloc();
    return 0;
}
