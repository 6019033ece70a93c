/* SPDX-License-Identifier: MIT */
/*
 * The independent truth about external calls. It is preloaded, replaces functions of libc and
 * libstdc++, and counts the calls that return to the program's own code. At the end it writes
 * `name,calls` to $COUNT_LIBC_OUTPUT. It cannot count functions that libstdc++ jumps to, like
 * operator new. It must share no code with cinstr. For programs of one thread.
 */
#include <dlfcn.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct counter {
    const char *name;
    unsigned long long calls;
    struct counter *next;
};

static struct counter *counters;
static uintptr_t low, high; /* the program's code */

static int find_program(struct dl_phdr_info *info, size_t size, void *context) {
    (void)size;
    (void)context;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        if (header->p_type == PT_LOAD && (header->p_flags & PF_X) != 0) {
            low = info->dlpi_addr + header->p_vaddr;
            high = low + header->p_memsz;
        }
    }
    return 1; /* the first object is the program */
}

__attribute__((constructor)) static void begin(void) {
    dl_iterate_phdr(find_program, NULL);
}

__attribute__((destructor)) static void end(void) {
    const char *path = getenv("COUNT_LIBC_OUTPUT");
    FILE *output = path == NULL ? NULL : fopen(path, "w");
    if (output == NULL)
        return;
    for (const struct counter *counter = counters; counter != NULL; counter = counter->next)
        fprintf(output, "%s,%llu\n", counter->name, counter->calls);
    fclose(output);
}

static void count(struct counter *counter, const void *return_address) {
    const uintptr_t address = (uintptr_t)return_address;
    if (address < low || address >= high)
        return;
    if (counter->calls++ == 0) {
        counter->next = counters;
        counters = counter;
    }
}

#define COUNTED(type, name, parameters, arguments)                                                 \
    type name parameters;                                                                          \
    type name parameters {                                                                         \
        static struct counter counter = {#name, 0, NULL};                                          \
        static type(*real) parameters;                                                             \
        if (real == NULL)                                                                          \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                                             \
        count(&counter, __builtin_return_address(0));                                              \
        return real arguments;                                                                     \
    }

/* dlsym() itself allocates. */
#define COUNTED_ALLOCATION(type, name, parameters, arguments)                                      \
    type __libc_##name parameters;                                                                 \
    type name parameters {                                                                         \
        static struct counter counter = {#name, 0, NULL};                                          \
        count(&counter, __builtin_return_address(0));                                              \
        return __libc_##name arguments;                                                            \
    }

COUNTED_ALLOCATION(void *, malloc, (size_t size), (size))
COUNTED_ALLOCATION(void *, calloc, (size_t number, size_t size), (number, size))
COUNTED_ALLOCATION(void *, realloc, (void *memory, size_t size), (memory, size))
COUNTED_ALLOCATION(void, free, (void *memory), (memory))
COUNTED(size_t, strlen, (const char *text), (text))
COUNTED(char *, strchr, (const char *text, int byte), (text, byte))
COUNTED(int, strcmp, (const char *a, const char *b), (a, b))
COUNTED(int, strcoll, (const char *a, const char *b), (a, b))
COUNTED(char *, strpbrk, (const char *text, const char *bytes), (text, bytes))
COUNTED(size_t, strspn, (const char *text, const char *bytes), (text, bytes))
COUNTED(void *, memchr, (const void *memory, int byte, size_t size), (memory, byte, size))
COUNTED(size_t, fwrite, (const void *memory, size_t size, size_t number, FILE *file),
        (memory, size, number, file))
COUNTED(int, memcmp, (const void *a, const void *b, size_t size), (a, b, size))
COUNTED(void, _ZdlPv, (void *memory), (memory))
COUNTED(void, _ZdlPvm, (void *memory, size_t size), (memory, size))
