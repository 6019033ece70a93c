/* SPDX-License-Identifier: MIT */
/*
 * What a process recorded before it replaced itself by exec. Its segment still exists under the
 * same pid and start time, and nobody will finish it. The new program counts the calls in it, so
 * that they are not lost silently, and deletes the file. Runs once, when the recorder starts.
 */
#include "predecessor.h"

#include <cinstr/segment.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/message.h"
#include "segment_parts.h"

/* The kernel's struct linux_dirent64; readdir() would allocate. */
struct entry {
    uint64_t inode;
    int64_t offset;
    uint16_t size;
    uint8_t type;
    char name[];
};

static bool read_at(int fd, void *to, size_t size, uint64_t offset) {
    return syscall(SYS_pread64, fd, to, size, (off_t)offset) == (long)size;
}

static bool is_of_this_process(const struct segment_header *header) {
    const struct segment_header *own = segment.header;
    return header->magic == SEGMENT_MAGIC && header->version_major == SEGMENT_VERSION_MAJOR &&
           header->pid == own->pid && header->process_start == own->process_start &&
           memcmp(header->boot_id, own->boot_id, sizeof(own->boot_id)) == 0;
}

static uint64_t count_calls(int fd, const struct segment_header *header) {
    const struct segment_section *blocks = &header->sections[SEGMENT_SECTION_BLOCKS];
    const uint64_t nodes_offset = header->sections[SEGMENT_SECTION_NODES].offset;
    struct segment_node nodes[SEGMENT_BLOCK_NODES];
    uint64_t calls = header->losses.exec_calls;
    struct segment_block block;
    for (uint64_t i = 0; i < blocks->count; i++) {
        if (!read_at(fd, &block, sizeof(block), blocks->offset + i * sizeof(block)) ||
            block.lane == 0 || block.count > SEGMENT_BLOCK_NODES ||
            !read_at(fd, nodes, block.count * sizeof(nodes[0]), nodes_offset + i * sizeof(nodes)))
            continue;
        for (uint32_t k = 0; k < block.count; k++)
            calls += nodes[k].calls;
    }
    return calls;
}

static void look_at(int directory, const char *name) {
    struct segment_header header;
    struct stat status;
    const int fd = (int)syscall(SYS_openat, directory, name,
                                O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
    if (fd < 0)
        return;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
        read_at(fd, &header, sizeof(header), 0) && is_of_this_process(&header)) {
        const uint64_t calls = count_calls(fd, &header);
        segment.header->losses.exec_calls += calls;
        header.program[sizeof(header.program) - 1] = '\0';
        if (header.forked == 0 &&
            header.losses.exec_calls == 0) /* once in a row; a child's few are few */
            message("%llu calls before exec, of %s: not in the profile of %s",
                    (unsigned long long)calls, header.program, segment.header->program);
        syscall(SYS_unlinkat, directory, name, 0);
    }
    syscall(SYS_close, fd);
}

void predecessor_take(void) {
    char path[sizeof(segment.path)], prefix[16];
    char entries[2048] __attribute__((aligned(8)));
    char *slash;
    long got;
    memcpy(path, segment.path, sizeof(path));
    slash = strrchr(path, '/');
    if (slash == NULL) /* in memory alone */
        return;
    *slash = '\0';
    snprintf(prefix, sizeof(prefix), "%u.", segment.header->pid);
    const int directory =
        (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (directory < 0)
        return;
    while ((got = syscall(SYS_getdents64, directory, entries, sizeof(entries))) > 0) {
        for (long at = 0; at < got;) {
            const struct entry *entry = (const struct entry *)(const void *)(entries + at);
            if (strncmp(entry->name, prefix, strlen(prefix)) == 0 &&
                strcmp(entry->name, slash + 1) != 0)
                look_at(directory, entry->name);
            at += entry->size;
        }
    }
    syscall(SYS_close, directory);
}
