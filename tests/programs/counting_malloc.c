/* SPDX-License-Identifier: MIT */
/*
 * An independent count of a program's allocations: preloaded into its plain build, it writes
 * `OBJECTS BYTES FREES` into the file that COUNTING_MALLOC names when the program ends. realloc
 * counts as a free and an allocation, as in valgrind.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

static unsigned long objects, bytes, frees;

static void *count(void *memory, size_t size) {
    if (memory != NULL) {
        __atomic_add_fetch(&objects, 1, __ATOMIC_RELAXED);
        __atomic_add_fetch(&bytes, size, __ATOMIC_RELAXED);
    }
    return memory;
}

void *malloc(size_t size) {
    return count(__libc_malloc(size), size);
}

void *calloc(size_t number, size_t size) {
    return count(__libc_calloc(number, size), number * size);
}

void free(void *memory) {
    if (memory != NULL)
        __atomic_add_fetch(&frees, 1, __ATOMIC_RELAXED);
    __libc_free(memory);
}

void *realloc(void *memory, size_t size) {
    void *moved = __libc_realloc(memory, size);
    if (memory != NULL && (moved != NULL || size == 0))
        __atomic_add_fetch(&frees, 1, __ATOMIC_RELAXED);
    return count(moved, size);
}

void *memalign(size_t alignment, size_t size) {
    return count(__libc_memalign(alignment, size), size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    return memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    *memory = memalign(alignment, size);
    return 0;
}

/* Memory that libc and the loader allocated before the program began is not counted. */
__attribute__((constructor)) static void begin(void) {
    objects = bytes = frees = 0;
}

__attribute__((destructor)) static void end(void) {
    const char *path = getenv("COUNTING_MALLOC");
    char line[128];
    const int fd = path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    const int length = snprintf(line, sizeof(line), "%lu %lu %lu\n", objects, bytes, frees);
    if (fd >= 0 && write(fd, line, (size_t)length) == length)
        close(fd);
}
