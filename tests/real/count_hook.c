/* SPDX-License-Identifier: MIT */
/*
 * The independent truth: instrumentation hooks that count calls for each edge (call site,
 * callee) and nothing else. Linked in place of -lcinstr; the tests compare cinstr's counts with
 * it. It must share no code with cinstr. The process that loaded it writes the counts when it
 * exits through main or exit(), to the file named by COUNT_HOOK_OUTPUT; forked children do not.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { BUCKETS = 1 << 14, NODES_MAX = 1 << 20, MODULES_MAX = 512, MODULE_NAME_BYTES = 256 };

/* Stands for the call site in a node that counts a function's exits. */
#define EXIT_MARK UINTPTR_MAX

struct node {
    uintptr_t callee;
    uintptr_t call_site;
    uint64_t count;
    struct node *next;
};

/* Nodes are only ever added, and by compare-and-swap, so that a signal handler that interrupts
 * its own thread in here finds the table whole and loses no count. */
struct table {
    struct node *buckets[BUCKETS];
    uint64_t nodes_used;
    struct table *next_table;
    struct table *next_free;
    struct node nodes[NODES_MAX];
};

struct module {
    char name[MODULE_NAME_BYTES];
    uintptr_t load_base;
    uintptr_t low, high;
};

static __thread struct table *own_table;
static struct table *all_tables;
static struct table *free_tables;
static pthread_mutex_t tables_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_key_t table_key;
static pthread_once_t key_once = PTHREAD_ONCE_INIT;
static pid_t writer_pid;
static struct module modules[MODULES_MAX];
static size_t module_count;

void __cyg_profile_func_enter(void *callee, void *call_site);
void __cyg_profile_func_exit(void *callee, void *call_site);

static void fail(const char *what) {
    fprintf(stderr, "count_hook: %s: %s\n", what, strerror(errno));
    _exit(125);
}

/* A table outlives its thread: the next thread goes on counting in it. A destructor that runs
 * after this one takes a table again, and the key then brings it back here. */
static void table_release(void *table_of_thread) {
    struct table *table = table_of_thread;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pthread_mutex_lock(&tables_mutex);
    own_table = NULL;
    table->next_free = free_tables;
    free_tables = table;
    pthread_mutex_unlock(&tables_mutex);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void key_create(void) {
    if (pthread_key_create(&table_key, table_release) != 0)
        fail("no thread key");
}

static struct table *table_map(void) {
    struct table *table = mmap(NULL, sizeof(*table), PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (table == MAP_FAILED)
        fail("no memory for a thread's table");
    return table;
}

static struct table *table_acquire(void) {
    struct table *table;
    sigset_t all, before;
    int saved_errno = errno;
    pthread_once(&key_once, key_create);
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pthread_mutex_lock(&tables_mutex);
    table = own_table ? own_table : free_tables;
    if (table && table == free_tables) {
        free_tables = table->next_free;
    } else if (!table) {
        table = table_map();
        table->next_table = all_tables;
        all_tables = table;
    }
    own_table = table;
    pthread_mutex_unlock(&tables_mutex);
    pthread_setspecific(table_key, table);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = saved_errno;
    return table;
}

static struct node *node_search(struct node *node, uintptr_t callee, uintptr_t call_site) {
    while (node && (node->callee != callee || node->call_site != call_site))
        node = node->next;
    return node;
}

static struct node *node_add(struct table *table, struct node **bucket, uintptr_t callee,
                             uintptr_t call_site) {
    uint64_t index = __atomic_fetch_add(&table->nodes_used, 1, __ATOMIC_RELAXED);
    struct node *node, *head = __atomic_load_n(bucket, __ATOMIC_RELAXED), *other;
    if (index >= NODES_MAX) {
        errno = ENOSPC;
        fail("too many edges");
    }
    node = &table->nodes[index];
    node->callee = callee;
    node->call_site = call_site;
    do {
        other = node_search(head, callee, call_site);
        if (other)
            return other;
        node->next = head;
    } while (
        !__atomic_compare_exchange_n(bucket, &head, node, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
    return node;
}

static void count(struct table *table, uintptr_t callee, uintptr_t call_site, uint64_t calls) {
    uint64_t hash = (callee * 0x9e3779b97f4a7c15u) ^ (call_site * 0xc2b2ae3d27d4eb4fu);
    struct node **bucket = &table->buckets[(hash >> 32) % BUCKETS];
    struct node *node = node_search(*bucket, callee, call_site);
    if (!node)
        node = node_add(table, bucket, callee, call_site);
    __atomic_fetch_add(&node->count, calls, __ATOMIC_RELAXED);
}

void __cyg_profile_func_enter(void *callee, void *call_site) {
    struct table *table = own_table;
    count(table ? table : table_acquire(), (uintptr_t)callee, (uintptr_t)call_site, 1);
}

void __cyg_profile_func_exit(void *callee, void *call_site) {
    struct table *table = own_table;
    (void)call_site;
    count(table ? table : table_acquire(), (uintptr_t)callee, EXIT_MARK, 1);
}

static const char *module_basename(const char *path) {
    static char executable[4096];
    const char *slash;
    if (!path[0]) {
        ssize_t length = readlink("/proc/self/exe", executable, sizeof(executable) - 1);

        executable[length > 0 ? length : 0] = '\0';
        path = executable;
    }
    slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static int module_note(struct dl_phdr_info *info, size_t size, void *unused) {
    struct module *module;
    (void)size;
    (void)unused;
    if (module_count == MODULES_MAX)
        return 1;
    module = &modules[module_count++];
    snprintf(module->name, sizeof(module->name), "%.*s", MODULE_NAME_BYTES - 1,
             module_basename(info->dlpi_name));
    module->load_base = info->dlpi_addr;
    module->low = UINTPTR_MAX;
    for (size_t i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        uintptr_t start = info->dlpi_addr + segment->p_vaddr;

        if (segment->p_type != PT_LOAD)
            continue;
        if (start < module->low)
            module->low = start;
        if (start + segment->p_memsz > module->high)
            module->high = start + segment->p_memsz;
    }
    return 0;
}

static void print_address(FILE *output, uintptr_t address) {
    for (size_t i = 0; i < module_count; i++)
        if (address >= modules[i].low && address < modules[i].high) {
            fprintf(output, "%s+0x%jx", modules[i].name,
                    (uintmax_t)(address - modules[i].load_base));
            return;
        }
    fprintf(output, "0x%jx", (uintmax_t)address);
}

static void print_node(FILE *output, const struct node *node) {
    if (node->call_site == EXIT_MARK)
        fputs("# exits ", output);
    print_address(output, node->callee);
    if (node->call_site != EXIT_MARK) {
        fputc(' ', output);
        print_address(output, node->call_site);
    }
    fprintf(output, " %ju\n", (uintmax_t)node->count);
}

/* Priority 101: the last of the destructors, so that what they call is counted too. */
__attribute__((destructor(101))) static void write_counts(void) {
    const char *path = getenv("COUNT_HOOK_OUTPUT");
    struct table *sum;
    FILE *output;
    if (!path || getpid() != writer_pid)
        return;
    sum = table_map();
    for (struct table *table = all_tables; table; table = table->next_table)
        for (size_t i = 0; i < BUCKETS; i++)
            for (struct node *node = table->buckets[i]; node; node = node->next)
                count(sum, node->callee, node->call_site, node->count);
    dl_iterate_phdr(module_note, NULL);
    output = fopen(path, "we");
    if (!output)
        fail(path);
    for (uint64_t i = 0; i < sum->nodes_used; i++)
        print_node(output, &sum->nodes[i]);
    if (fclose(output) != 0)
        fail(path);
}

__attribute__((constructor(101))) static void note_writer(void) {
    writer_pid = getpid();
}
