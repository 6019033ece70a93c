/* SPDX-License-Identifier: MIT */
/* Memory that the kernel empties in a fork child: what it says is true of one process alone. */
#ifndef CINSTR_RUNTIME_WIPED_H
#define CINSTR_RUNTIME_WIPED_H

#include <stddef.h>
#include <sys/mman.h>

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

/* Zeroed memory; NULL when there is none. Where the kernel cannot wipe (an old or an emulated
 * one), the handler in fork.c resets what matters most. */
static inline void *wiped_map(size_t size) {
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    madvise(memory, size, MADV_WIPEONFORK);
    return memory;
}

#endif
