/* SPDX-License-Identifier: MIT */
/*
 * Whether the process that wrote a segment still exists (see liveness.h), by what /proc says of it.
 * Never sends it a signal, not even 0.
 */
#include "liveness.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool read_text(const char *path, char *text, size_t size) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got;
    if (fd < 0)
        return false;
    got = read(fd, text, size - 1);
    close(fd);
    if (got <= 0)
        return false;
    text[got] = '\0';
    return true;
}

bool liveness_is_this_boot(const struct segment_header *header) {
    char text[64], recorded[33];
    size_t digits = 0;
    if (!read_text("/proc/sys/kernel/random/boot_id", text, sizeof(text)))
        return false;
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (text[i] != '-' && text[i] != '\n')
            text[digits++] = text[i];
    }
    text[digits] = '\0';
    for (size_t i = 0; i < sizeof(header->boot_id); i++)
        snprintf(recorded + 2 * i, 3, "%02x", header->boot_id[i]);
    return strcmp(text, recorded) == 0;
}

/* The fields of /proc/PID/stat after the name, which may contain blanks and parentheses. [0] is
 * field 3, the state. */
enum { STATE = 0, THREADS = 17, START_TIME = 19, FIELDS = 20 };

static bool read_fields(uint32_t pid, char *text, size_t size, const char *fields[FIELDS]) {
    char path[32];
    char *at, *rest;
    snprintf(path, sizeof(path), "/proc/%u/stat", pid);
    if (!read_text(path, text, size) || (at = strrchr(text, ')')) == NULL)
        return false;
    rest = at + 1;
    for (int i = 0; i < FIELDS; i++) {
        fields[i] = strtok_r(rest, " ", &rest);
        if (fields[i] == NULL)
            return false;
    }
    return true;
}

static bool is_elsewhere(const struct segment_header *header) {
    struct stat namespace;
    return header->pid_namespace != 0 && (stat("/proc/self/ns/pid", &namespace) != 0 ||
                                          namespace.st_ino != header->pid_namespace);
}

bool liveness_is_reused(const struct segment_header *header) {
    const char *fields[FIELDS];
    char text[1024];
    if (!read_fields(header->pid, text, sizeof(text), fields))
        return false;
    return !liveness_is_this_boot(header) ||
           (!is_elsewhere(header) &&
            strtoull(fields[START_TIME], NULL, 10) != header->process_start);
}

enum liveness liveness_of(const struct segment_header *header) {
    const char *fields[FIELDS];
    char text[1024];
    if (!liveness_is_this_boot(header))
        return LIVENESS_DEAD;
    if (is_elsewhere(header))
        return LIVENESS_UNKNOWN;
    if (!read_fields(header->pid, text, sizeof(text), fields))
        return LIVENESS_DEAD;
    if (strtoull(fields[START_TIME], NULL, 10) != header->process_start)
        return LIVENESS_DEAD;
    /* A zombie with threads is a process whose main thread has ended. */
    if (strchr("ZX", fields[STATE][0]) != NULL && strtoul(fields[THREADS], NULL, 10) <= 1)
        return LIVENESS_DEAD;
    return LIVENESS_ALIVE;
}
