/* SPDX-License-Identifier: MIT */
/*
 * Identifies this process in its segment's header: by pid, start time and boot a reader knows
 * whether the process that left a file still runs.
 */
#include "identity.h"

#include <cinstr/segment.h>

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/options.h"
#include "runtime/base/spin.h"
#include "runtime/base/state.h"
#include "segment_parts.h"

static long read_file(const char *path, char *text, size_t size) {
    const long fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    long got = -1;
    if (fd >= 0) {
        got = syscall(SYS_read, fd, text, size);
        syscall(SYS_close, fd);
    }
    return got;
}

/* Field 22; the name in field 2 may contain blanks and parentheses. */
static uint64_t process_start_time(void) {
    char text[1024];
    const long got = read_file("/proc/self/stat", text, sizeof(text) - 1);
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
    const long got = read_file("/proc/sys/kernel/random/boot_id", text, sizeof(text));
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
    const ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
    const char *name = "unknown";
    if (length > 0) {
        path[length] = '\0';
        name = strrchr(path, '/') == NULL ? path : strrchr(path, '/') + 1;
    }
    strncpy(header->program, name, sizeof(header->program) - 1);
    read_file("/proc/self/cmdline", header->command_line, sizeof(header->command_line) - 1);
}

static uint32_t refresh_lock;

/* Both of a pair or none: who meets another thread, or interrupts it, leaves it to that one. */
void identity_refresh(struct segment_clock_pair now) {
    if (!spin_try_lock(&refresh_lock))
        return;
    segment.header->latest = now;
    spin_unlock(&refresh_lock);
}

void identity_fill(struct segment_header *header, uint64_t frequency) {
    struct stat status;
    header->version_major = SEGMENT_VERSION_MAJOR;
    header->version_minor = SEGMENT_VERSION_MINOR;
    header->header_size = SEGMENT_HEADER_SIZE;
    header->by_thread = options.by_thread;
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
    refresh_lock = 0;
    header->reset_epoch = process_reset_epoch;
    describe_program(header);
}

void identity_publish(struct segment_header *header) {
    header->state = SEGMENT_LIVE;
    __atomic_store_n(&header->magic, SEGMENT_MAGIC, __ATOMIC_RELEASE);
}
