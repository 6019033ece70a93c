/* SPDX-License-Identifier: MIT */
/*
 * CINSTR_OPTIONS="name=value:name=value", in the sanitizers' style. One table, one row an option.
 * Read once, when the recorder starts.
 */
#include "options.h"

#include <cinstr/segment.h>

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"

struct options options = {
    .output = "cinstr.%e.%p.pb.gz",
    .contexts = 262144,
    .timing = SEGMENT_TIMING_EXACT,
    .cpu = true,
    .start = true,
};

enum option_type {
    OPTION_TEXT,
    OPTION_BOOL,
    OPTION_COUNT,
    OPTION_TIMING,
    OPTION_RATE,
    OPTION_CLOCK,
    OPTION_HEAP,
    OPTION_BLOCK,
    OPTION_RING
};

static const struct option_row {
    const char *name;
    enum option_type type;
    void *target;
    size_t size; /* of a text */
    const char *help;
} rows[] = {
    {"output", OPTION_TEXT, options.output, sizeof(options.output),
     "FILE: the exit profile's name; %p pid, %e program, %h host, %% percent; none: do not write "
     "one"},
    {"directory", OPTION_TEXT, options.directory, sizeof(options.directory),
     "DIR: where the segment lies while the program runs (default: $XDG_RUNTIME_DIR/cinstr or "
     "/dev/shm/cinstr-UID)"},
    {"contexts", OPTION_COUNT, &options.contexts, 0,
     "N: calling contexts to keep; past it they are folded into one per call edge, 1024 to "
     "16777216 "
     "(default 262144)"},
    {"timing", OPTION_TIMING, &options.timing, 0,
     "exact: time every call (default); adaptive: count every call, time a random share of short "
     "and frequent ones"},
    {"cpu", OPTION_BOOL, &options.cpu, 0, "0 or 1: on-CPU time beside wall time (default 1)"},
    {"histogram", OPTION_BOOL, &options.histogram, 0,
     "0 or 1: shortest, longest and histogram of durations per context (default 0)"},
    {"http", OPTION_TEXT, options.http, sizeof(options.http),
     "ADDRESS: serve profiles from within the process at HOST:PORT, :PORT or unix:PATH (with "
     "-lcinstr_http localhost:6060); implies sample; none: do not"},
    {"sample", OPTION_RATE, &options.sample, 0,
     "HZ: look where each thread is, so often in a second of its CPU time, 1 to 10000 (100 without "
     "a number); 0: do not (default)"},
    {"sample_clock", OPTION_CLOCK, &options.sample_wall, 0,
     "cpu: of the time that a thread runs (default); wall: also while it waits, which interrupts "
     "what it waits in"},
    {"heap", OPTION_HEAP, &options.heap, 0,
     "exact: every allocation, by context; BYTES: one in so many bytes at random (524288 without a "
     "number); 0: none (default)"},
    {"block", OPTION_BLOCK, &options.block, 0,
     "1: waits for locks, conditions, semaphores, barriers and threads, by context; io: also for "
     "input, output and time; 0: none (default)"},
    {"mutex", OPTION_BOOL, &options.mutex, 0,
     "0 or 1: waits for locks, charged to the context that held them (default 0)"},
    {"trace", OPTION_TEXT, options.trace, sizeof(options.trace),
     "FILE: every entry and exit with its time, as a Perfetto trace, or as Chrome's JSON if it "
     "ends "
     "in .json"},
    {"trace_ring", OPTION_RING, &options.trace_ring, 0,
     "MIB: keep the last entries and exits of each thread, so many MiB of them, for "
     "`cinstr dump --trace`, 1 to 512"},
    {"cpuprofile", OPTION_TEXT, options.cpuprofile, sizeof(options.cpuprofile),
     "FILE: the sampled profile's name (default: beside output); implies sample"},
    {"memprofile", OPTION_TEXT, options.memprofile, sizeof(options.memprofile),
     "FILE: likewise of heap, and implies heap=exact"},
    {"blockprofile", OPTION_TEXT, options.blockprofile, sizeof(options.blockprofile),
     "FILE: likewise of block, and implies block=1"},
    {"mutexprofile", OPTION_TEXT, options.mutexprofile, sizeof(options.mutexprofile),
     "FILE: likewise of mutex, and implies mutex=1"},
    {"start", OPTION_BOOL, &options.start, 0,
     "0 or 1: record from the start, or only after cinstr_start() (default 1)"},
    {"help", OPTION_BOOL, &options.help, 0, "1: print this"},
};
#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static void print_help(void) {
    message("options in CINSTR_OPTIONS, as name=value:name=value");
    for (size_t i = 0; i < ROW_COUNT; i++)
        message("  %s=%s", rows[i].name, rows[i].help);
}

static void report_unknown(const char *name) {
    char names[512] = "";
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const size_t used = strlen(names);
        snprintf(names + used, sizeof(names) - used, "%s%s", i == 0 ? "" : ", ", rows[i].name);
    }
    message("CINSTR_OPTIONS: no option '%s'; there are %s", name, names);
}

static bool set_number(uint64_t *target, const char *value, uint64_t least, uint64_t most) {
    char *end;
    errno = 0;
    const unsigned long long count = strtoull(value, &end, 10);
    if (errno != 0 || end == value || *end != '\0' || count < least || count > most)
        return false;
    *target = count;
    return true;
}

static bool set_clock(bool *is_wall, const char *value) {
    *is_wall = strcmp(value, "wall") == 0;
    return *is_wall || strcmp(value, "cpu") == 0;
}

static bool set_rate(uint32_t *target, const char *value) {
    char *end;
    const unsigned long rate = strtoul(value, &end, 10);
    if (value[0] == '\0') {
        *target = 100;
        return true;
    }
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || rate > 10000)
        return false;
    *target = (uint32_t)rate;
    return true;
}

static bool set_heap(uint64_t *target, const char *value) {
    char *end;
    const unsigned long long period = strtoull(value, &end, 10);
    if (strcmp(value, "exact") == 0)
        *target = 1;
    else if (value[0] == '\0')
        *target = 524288;
    else if (value[0] < '0' || value[0] > '9' || *end != '\0' || period > UINT64_C(1) << 40)
        return false;
    else
        *target = period;
    return true;
}

static bool set_block(uint32_t *target, const char *value) {
    static const char *const names[] = {"0", "1", "io"};
    for (uint32_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(value, names[i]) == 0) {
            *target = i;
            return true;
        }
    }
    return false;
}

static bool set_timing(uint32_t *target, const char *value) {
    if (strcmp(value, "exact") == 0)
        *target = SEGMENT_TIMING_EXACT;
    else if (strcmp(value, "adaptive") == 0)
        *target = SEGMENT_TIMING_ADAPTIVE;
    else
        return false;
    return true;
}

static bool set_row(const struct option_row *row, const char *value) {
    switch (row->type) {
    case OPTION_TEXT:
        if (value[0] == '\0' || strlen(value) >= row->size)
            return false;
        memcpy(row->target, value, strlen(value) + 1);
        return true;
    case OPTION_BOOL:
        if ((value[0] != '0' && value[0] != '1') || value[1] != '\0')
            return false;
        *(bool *)row->target = value[0] == '1';
        return true;
    case OPTION_COUNT:
        return set_number(row->target, value, 1024, 16777216);
    case OPTION_TIMING:
        return set_timing(row->target, value);
    case OPTION_RATE:
        return set_rate(row->target, value);
    case OPTION_CLOCK:
        return set_clock(row->target, value);
    case OPTION_RING:
        return set_number(row->target, value, 1, 512);
    case OPTION_BLOCK:
        return set_block(row->target, value);
    case OPTION_HEAP:
        return set_heap(row->target, value);
    }
    return false;
}

static void set_option(char *text) {
    char *equals = strchr(text, '=');
    const char *value = equals == NULL ? "" : equals + 1;
    if (equals != NULL)
        *equals = '\0';
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (strcmp(rows[i].name, text) != 0)
            continue;
        if (!set_row(&rows[i], value))
            message("CINSTR_OPTIONS: bad value '%s' for %s=%s", value, text, rows[i].help);
        else if (rows[i].target == &options.sample)
            options.has_sample = true;
        return;
    }
    report_unknown(text);
}

/* In what -lcinstr_http adds. */
extern const char cinstr_http_is_there __attribute__((weak, visibility("default")));

/* As in Go, a CPU profile can be had from whatever serves profiles. */
static void imply_http(void) {
    if (options.http[0] == '\0' && &cinstr_http_is_there != NULL)
        strcpy(options.http, "localhost:6060");
    if (options.http[0] != '\0' && strcmp(options.http, "none") != 0 && !options.has_sample)
        options.sample = 100;
}

/* Who names a profile's file wants the profile. */
static void imply(void) {
    imply_http();
    if (options.cpuprofile[0] != '\0' && options.sample == 0)
        options.sample = 100;
    if (options.memprofile[0] != '\0' && options.heap == 0)
        options.heap = 1;
    if (options.blockprofile[0] != '\0' && options.block == BLOCK_OFF)
        options.block = BLOCK_LOCKS;
    if (options.mutexprofile[0] != '\0')
        options.mutex = true;
    if (options.trace[0] != '\0' && options.trace_ring != 0)
        message("CINSTR_OPTIONS: trace= and trace_ring= exclude each other: no FILE is written");
}

static bool begins_option(const char *text) {
    const size_t length = strcspn(text, "=:");
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (strncmp(rows[i].name, text, length) == 0 && rows[i].name[length] == '\0')
            return true;
    }
    return false;
}

/* Cuts off the first option. An address has colons of its own: it ends where an option begins. */
static char *next_option(char **rest) {
    char *option = *rest;
    char *end = strchr(option, ':');
    while (end != NULL && strncmp(option, "http=", 5) == 0 && !begins_option(end + 1))
        end = strchr(end + 1, ':');
    if (end != NULL)
        *end++ = '\0';
    *rest = end;
    return option;
}

static void read_all(const char *text) {
    char copy[2048];
    char *rest = copy;
    if (strlen(text) >= sizeof(copy)) {
        message("CINSTR_OPTIONS is longer than %zu characters: ignored", sizeof(copy) - 1);
        return;
    }
    memcpy(copy, text, strlen(text) + 1);
    while (rest != NULL) {
        char *option = next_option(&rest);
        if (option[0] != '\0')
            set_option(option);
    }
}

void options_read(const char *text) {
    if (text != NULL)
        read_all(text);
    imply();
    if (options.help)
        print_help();
}

static bool append(char *text, size_t size, const char *more) {
    const size_t used = strlen(text);
    if (used + strlen(more) >= size)
        return false;
    memcpy(text + used, more, strlen(more) + 1);
    return true;
}

bool options_expand(const char *pattern, const char *program, uint32_t namesake, char *text,
                    size_t size) {
    text[0] = '\0';
    for (const char *p = pattern; *p != '\0'; p++) {
        char piece[HOST_NAME_MAX + 1] = {*p, '\0'};
        if (*p == '%') {
            p++;
            if (*p == 'p' && namesake != 0)
                snprintf(piece, sizeof(piece), "%d-%u", (int)getpid(), namesake + 1);
            else if (*p == 'p')
                snprintf(piece, sizeof(piece), "%d", (int)getpid());
            else if (*p == 'e')
                snprintf(piece, sizeof(piece), "%s", program);
            else if (*p == 'h')
                gethostname(piece, sizeof(piece) - 1);
            else if (*p != '%') {
                message("output=%s: only %%p, %%e, %%h and %%%% are known", pattern);
                return false;
            }
        }
        if (!append(text, size, piece)) {
            message("output=%s: the name is too long", pattern);
            return false;
        }
    }
    return true;
}
