/* SPDX-License-Identifier: MIT */
/*
 * The recorder's life in a process: start, fork, end. Its state is here; the parts do the work.
 */
#include "process.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/spin.h"
#include "runtime/base/wiped.h"

enum process_state process_state = PROCESS_NEW;
bool process_recording;
uint64_t process_reset_epoch;

/* One page that the kernel empties in a fork child. */
static struct wiped {
    uint32_t alive;
    uint32_t lock;
} * wiped;

/* The open calls of a thread that is about to fork: its frames in the segment are the parent's, who
 * goes on writing them. Freed on both sides. */
#define FORK_DEPTH 65536u
struct fork_path {
    size_t size;
    uint64_t depth;
    struct fork_call {
        uint64_t function, call_site, sp;
    } calls[];
};
static __thread struct fork_path *fork_path __attribute__((tls_model("initial-exec")));

/* --- the lock
 * ------------------------------------------------------------------------------------- */

bool process_try_lock(void) {
    return spin_try_lock(&wiped->lock);
}

void process_lock(void) {
    spin_lock(&wiped->lock);
}

void process_unlock(void) {
    spin_unlock(&wiped->lock);
}

bool process_is_forked(void) {
    return wiped->alive == 0;
}

/* --- who this process is
 * --------------------------------------------------------------------------- */

static long read_file(const char *path, char *text, size_t size) {
    const long fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    long got = -1;

    if (fd >= 0) {
        got = syscall(SYS_read, fd, text, size);
        syscall(SYS_close, fd);
    }
    return got;
}

/* Field 22; the name in field 2 may hold blanks and parentheses. */
static uint64_t process_start_time(void) {
    char text[1024];
    const long got = read_file("/proc/self/stat", text, sizeof text - 1);
    const char *p;

    if (got <= 0)
        return 0;
    text[got] = '\0';
    p = strrchr(text, ')');
    for (int field = 2; p != NULL && field < 22; field++)
        p = strchr(p + 1, ' ');
    return p == NULL ? 0 : strtoull(p, NULL, 10);
}

static void read_boot_id(uint8_t id[16]) {
    char text[40];
    const long got = read_file("/proc/sys/kernel/random/boot_id", text, sizeof text);
    unsigned digits = 0;

    for (long i = 0; i < got && digits < 32; i++) {
        const char c = text[i];
        if (c == '-' || c == '\n')
            continue;
        const unsigned value = (unsigned)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
        id[digits / 2] = (uint8_t)((unsigned)id[digits / 2] << 4 | (value & 15));
        digits++;
    }
}

static void describe_program(struct segment_header *header) {
    char path[512];
    const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    const char *name = "unknown";

    if (length > 0) {
        path[length] = '\0';
        name = strrchr(path, '/') == NULL ? path : strrchr(path, '/') + 1;
    }
    strncpy(header->program, name, sizeof header->program - 1);
    read_file("/proc/self/cmdline", header->command_line, sizeof header->command_line - 1);
}

static void fill_header(struct segment_header *header, uint64_t frequency) {
    struct stat status;

    header->version_major = SEGMENT_VERSION_MAJOR;
    header->version_minor = SEGMENT_VERSION_MINOR;
    header->header_size = SEGMENT_HEADER_SIZE;
    header->byte_order = SEGMENT_BYTE_ORDER;
    header->pid = (uint32_t)getpid();
    header->parent_pid = (uint32_t)getppid();
    header->process_start = process_start_time();
    if (stat("/proc/self/ns/pid", &status) == 0)
        header->pid_namespace = status.st_ino;
    read_boot_id(header->boot_id);
    header->random_id = clock_ticks() * UINT64_C(0x9e3779b97f4a7c15) ^ header->pid;
    header->clock = clock_kind;
    header->timing = options.timing;
    header->ticks_per_second_hint = frequency;
    header->start_realtime_ns = clock_ns(CLOCK_REALTIME);
    header->start = header->latest = clock_pair();
    header->reset_epoch = process_reset_epoch;
    describe_program(header);
}

/* Readers look at the magic first: it comes last. */
static void publish(struct segment_header *header) {
    header->state = SEGMENT_LIVE;
    __atomic_store_n(&header->magic, SEGMENT_MAGIC, __ATOMIC_RELEASE);
}

/* --- start
 * ------------------------------------------------------------------------------------------ */

static bool make_wiped_page(void) {
    wiped = wiped_map(4096);
    if (wiped != NULL)
        wiped->alive = 1;
    return wiped != NULL;
}

static bool make_block_chains(void) {
    const uint64_t blocks = segment.header->sections[SEGMENT_SECTION_BLOCKS].capacity;
    void *memory = mmap(NULL, blocks * sizeof *tree_block_next, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    tree_block_next = memory == MAP_FAILED ? NULL : memory;
    return tree_block_next != NULL;
}

static void register_fork_handlers(void);

/* In libcinstr_heap, libcinstr_block. */
extern const char cinstr_heap_is_there __attribute__((weak, visibility("default")));
extern const char cinstr_block_is_there __attribute__((weak, visibility("default")));

/* Of what was asked for, some needs a library before libc. */
static void miss_libraries(void) {
    if (options.heap != 0 && &cinstr_heap_is_there == NULL) {
        message("heap=: no allocation will be seen: link -lcinstr_heap, or use "
                "`cinstr run --memprofile`");
        options.heap = 0;
    }
    if ((options.block != BLOCK_OFF || options.mutex) && &cinstr_block_is_there == NULL) {
        message("block=, mutex=: no wait will be seen: link -lcinstr_block, or use "
                "`cinstr run --blockprofile`");
        options.block = BLOCK_OFF;
        options.mutex = false;
    }
}

static bool start(void) {
    const uint64_t frequency = clock_choose();

    options_read(getenv("CINSTR_OPTIONS"));
    miss_libraries();
    if (!make_wiped_page()) {
        message("no memory for the recorder: nothing is recorded");
        return false;
    }
    if (!segment_create(false))
        return false;
    if (!make_block_chains()) {
        message("no memory for the recorder: nothing is recorded");
        segment_unlink();
        return false;
    }
    fill_header(segment.header, frequency);
    predecessor_take();
    segment_take_block(); /* node 0 means "none" */
    lanes_init();
    stacks_init();
    retire_init(); /* lane 0 */
    sampler_init();
    charge_init();
    modules_refresh();
    register_fork_handlers();
    trace_init();
    process_recording = options.start;
    publish(segment.header);
    return true;
}

void process_start(void) {
    if (process_state != PROCESS_NEW)
        return;
    process_state = PROCESS_OFF; /* a constructor that calls us meanwhile does nothing */
    jumps_init();
    /* A set-uid program takes no orders from its user's environment and leaves no files. */
    if (getauxval(AT_SECURE) == 0 && start())
        process_state = PROCESS_UP;
}

void process_early_calls(uint64_t calls) {
    struct lane *ended = lane_at(0);
    struct segment_node *node;

    process_lock();
    segment.header->losses.before_init_calls += calls;
    node = tree_child(ended, ended->root, SEGMENT_FUNCTION_BEFORE, 0);
    if (node != NULL) {
        node->calls += calls;
        ended->root->callee_returns += calls;
    }
    process_unlock();
}

/* --- fork
 * -------------------------------------------------------------------------------------------- */

static void before_fork(void) {
    const struct lane *lane = cinstr1_self;

    if (process_state != PROCESS_UP || process_is_forked() || !lane->ready)
        return;
    const struct segment_frame *base = shadow_base(lane);
    uint64_t depth = (uint64_t)(lane->top - base);
    if (depth > FORK_DEPTH)
        depth = FORK_DEPTH;
    const size_t size = sizeof *fork_path + depth * sizeof fork_path->calls[0];
    struct fork_path *path =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (path == MAP_FAILED)
        return;
    path->size = size;
    path->depth = depth;
    for (uint64_t i = 0; i < depth; i++) {
        const struct segment_node *node = (const struct segment_node *)base[i + 1].node;
        path->calls[i] = (struct fork_call){node->function, node->call_site, base[i + 1].sp};
    }
    fork_path = path;
}

static void drop_fork_path(void) {
    if (fork_path != NULL)
        munmap(fork_path, fork_path->size);
    fork_path = NULL;
}

/* Where the kernel cannot wipe, this does; otherwise there is nothing left to do. */
static void in_fork_child(void) {
    if (wiped == NULL || process_state != PROCESS_UP)
        return;
    trace_stop_in_child();
    http_forget();
    if (wiped->alive != 0) {
        memset(wiped, 0, sizeof *wiped);
        for (uint64_t i = 0; i < segment.header->sections[SEGMENT_SECTION_LANES].count; i++)
            memset(lane_at((uint32_t)i), 0, sizeof(struct lane));
    }
    if (sampler_unwinds) /* no hook will come */
        process_after_fork((uintptr_t)__builtin_frame_address(0));
}

static void register_fork_handlers(void) {
    static bool done;

    if (!done)
        pthread_atfork(before_fork, drop_fork_path, in_fork_child);
    done = true;
}

static void carry_open_calls(struct lane *lane) {
    const uint64_t now = clock_ticks();
    struct segment_node *node = lane->root;

    for (uint64_t i = 0; fork_path != NULL && i < fork_path->depth; i++) {
        const struct fork_call *call = &fork_path->calls[i];
        node = tree_child(lane, node, call->function, call->call_site);
        if (node == NULL || !shadow_push(lane, node, call->sp, now))
            break;
        lane->info->carried++;
    }
    drop_fork_path();
}

bool process_after_fork(uintptr_t sp) {
    const struct segment_probe_sums probes = segment.header->start_probes;
    const uint64_t frequency = segment.header->ticks_per_second_hint;
    const uint64_t blocks = segment.header->sections[SEGMENT_SECTION_BLOCKS].capacity;
    struct lane *lane;

    cinstr1_self = lane_sentinel();
    wiped->alive = 1;
    trace_stop_in_child(); /* _Fork and clone run no handlers */
    http_forget();
    if (!segment_create(true)) {
        process_state = PROCESS_OFF;
        return false;
    }
    madvise(tree_block_next, blocks * sizeof *tree_block_next, MADV_DONTNEED);
    fill_header(segment.header, frequency);
    segment.header->start_probes = probes;
    adaptive_begin();
    segment.header->forked = 1;
    segment_take_block();
    retire_init();
    sampler_init();
    charge_init();
    lane = lane_attach(sp);
    if (lane != NULL) {
        carry_open_calls(lane);
        lane_rest(lane);
    }
    publish(segment.header);
    return true;
}

/* --- constructor and destructor
 * ----------------------------------------------------------------------- */

__attribute__((constructor(101))) static void process_begins(void) {
    process_start();
    http_begin();
}

/* After the destructors of everything that depends on us. Nothing is unmapped: hooks that still run
 * count in the segment. */
__attribute__((destructor(101))) static void process_ends(void) {
    if (process_state != PROCESS_UP || process_is_forked())
        return;
    sampler_stop();
    trace_finish();
    modules_refresh();
    segment.header->latest = clock_pair();
    exit_profile_write();
}
