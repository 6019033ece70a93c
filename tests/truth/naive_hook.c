/* SPDX-License-Identifier: MIT */
/*
 * A hook library as simple as can be: every exit pops one frame. It proves that the checker can
 * fail (on programs that jump it is wrong thousands of times) and that it can pass (on programs
 * that do not). Linked instead of libcinstr by tests/e2e/truth.sh; writes NAIVE_OUTPUT as CSV.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define QUIET __attribute__((no_instrument_function))
enum { EDGE_SLOTS = 1 << 14, SYMBOL_MAX = 1 << 14, DEPTH_MAX = 1 << 20 };

struct edge {
    uintptr_t caller, callee;
    uint64_t calls;
};

struct symbol {
    uintptr_t address;
    char name[128];
};

static struct edge edges[EDGE_SLOTS];
static pthread_mutex_t edges_lock = PTHREAD_MUTEX_INITIALIZER;
static struct symbol symbols[SYMBOL_MAX];
static size_t symbol_count;
static __thread uintptr_t *stack;
static __thread size_t depth;

void __cyg_profile_func_enter(void *function, void *site);
void __cyg_profile_func_exit(void *function, void *site);

QUIET static void edge_count_call(uintptr_t caller, uintptr_t callee) {
    size_t slot = (caller * 31 + callee) * 0x9E3779B97F4A7C15u >> 50;
    pthread_mutex_lock(&edges_lock);
    while (edges[slot].calls && (edges[slot].caller != caller || edges[slot].callee != callee))
        slot = (slot + 1) % EDGE_SLOTS;
    edges[slot] = (struct edge){caller, callee, edges[slot].calls + 1};
    pthread_mutex_unlock(&edges_lock);
}

QUIET void __cyg_profile_func_enter(void *function, void *site) {
    (void)site;
    if (!stack)
        stack = malloc(DEPTH_MAX * sizeof(*stack));
    if (!stack || depth == DEPTH_MAX)
        abort();
    edge_count_call(depth ? stack[depth - 1] : 0, (uintptr_t)function);
    stack[depth++] = (uintptr_t)function;
}

QUIET void __cyg_profile_func_exit(void *function, void *site) {
    (void)function;
    (void)site;
    if (depth)
        depth--;
}

QUIET static void symbols_read(void) {
    char path[512], command[600], line[512], kind;
    unsigned long address;
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
    if (length < 0)
        abort();
    path[length] = '\0';
    snprintf(command, sizeof(command), "nm -C --defined-only '%s'", path);
    FILE *pipe = popen(command, "r");
    if (!pipe)
        abort();
    while (fgets(line, sizeof(line), pipe) && symbol_count < SYMBOL_MAX) {
        struct symbol *symbol = &symbols[symbol_count];
        if (sscanf(line, "%lx %c %127[^\n]", &address, &kind, symbol->name) == 3 &&
            strchr("tTwWiV", kind)) {
            symbol->address = address;
            symbol_count++;
        }
    }
    if (pclose(pipe))
        abort();
}

QUIET static const char *symbol_name(uintptr_t address, uintptr_t base) {
    if (!address)
        return "";
    for (size_t i = 0; i < symbol_count; i++)
        if (symbols[i].address + base == address && !strchr(symbols[i].name, '.'))
            return symbols[i].name;
    return "?";
}

__attribute__((destructor(101))) QUIET static void edges_write(void) {
    const char *path = getenv("NAIVE_OUTPUT");
    FILE *out = path ? fopen(path, "w") : NULL;
    if (!out)
        return;
    symbols_read();
    uintptr_t base = 0;
    for (size_t i = 0; i < symbol_count; i++)
        if (!strcmp(symbols[i].name, "edges_write"))
            base = (uintptr_t)edges_write - symbols[i].address;
    fprintf(out, "caller,callee,calls\n");
    for (size_t i = 0; i < EDGE_SLOTS; i++)
        if (edges[i].calls)
            fprintf(out, "\"%s\",\"%s\",%llu\n", symbol_name(edges[i].caller, base),
                    symbol_name(edges[i].callee, base), (unsigned long long)edges[i].calls);
    fclose(out);
}
