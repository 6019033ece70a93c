/* SPDX-License-Identifier: MIT */
/*
 * Writing a profile from inside the process, at exit or when the program asks. The reader library
 * is loaded only then, in a linker namespace of its own: whatever zlib, protobuf or malloc the
 * program brings, instrumented or exported or not, the reader has its own. (A static program is
 * linked with it.)
 */
#include "exit_profile.h"

#include <cinstr/reader.h>
#include <cinstr/segment.h>
#include <cinstr/whole_file.h>

#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/large_stack.h"
#include "runtime/base/load_apart.h"
#include "runtime/base/message.h"
#include "runtime/base/options.h"
#include "runtime/base/state.h"
#include "runtime/segment/samples.h"
#include "runtime/segment/segment_create.h"
#include "runtime/segment/segment_parts.h"
#include "runtime/tree/charge_nodes.h"

#define READER "libcinstr_reader.so.0"

#pragma weak cinstr_reader_write_profile

typedef int write_function(const void *, size_t, const char *, int, char *, size_t);

static write_function *find_writer(char *text, size_t size) {
    static write_function *found;
    void *library;

    if (cinstr_reader_write_profile != NULL)
        return cinstr_reader_write_profile;
    if (found != NULL)
        return found;
    library = load_apart(READER, text, size);
    if (library != NULL)
        *(void **)&found = dlsym(library, "cinstr_reader_write_profile");
    return found;
}

/* A write past the file size limit must come back as an error, not kill the program. */
static int write_without_sigxfsz(write_function *write_profile, const char *kind, int fd,
                                 char *text, size_t size) {
    const struct timespec none = {0, 0};
    sigset_t limit, old, pending;
    bool was_pending;
    int result;

    sigemptyset(&limit);
    sigaddset(&limit, SIGXFSZ);
    sigaddset(&limit, SIGPIPE);
    sigpending(&pending);
    was_pending = sigismember(&pending, SIGXFSZ) == 1 || sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &limit, &old);
    result = write_profile(segment.base, segment.header->size, kind, fd, text, size);
    while (!was_pending && sigtimedwait(&limit, NULL, &none) > 0) {
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return result;
}

struct request {
    const char *kind;
    int fd;
    char *text;
    size_t size;
    int result;
};

static void write_requested(void *argument) {
    struct request *request = argument;
    write_function *write_profile = find_writer(request->text, request->size);

    request->result = -1;
    if (write_profile == NULL)
        return;
    segment.header->latest = clock_pair();
    request->result = write_without_sigxfsz(write_profile, request->kind, request->fd,
                                            request->text, request->size);
}

int exit_profile_write_to(const char *kind, int fd, char *text, size_t size) {
    struct request request = {kind, fd, text, size, -1};
    const bool was_own = process_set_own_work(true);

    large_stack_call(write_requested, &request);
    process_set_own_work(was_own);
    return request.result;
}

/* --- one file --------------------------------------------------------------------------------- */

/* A name with %p is this process's own: a file that is there already is of another process that had
 * its number (in another container, or before), and stays. Then this is joined to the number, in
 * all names of the process. */
static uint32_t namesake;

enum { MOST_NAMESAKES = 100000 };

/* The longest that a program's end waits for a reader of the pipe that it is to write to, in ms. */
enum { PATIENCE = 5000 };

static bool is_own_name(const char *pattern) {
    for (const char *p = pattern; *p != '\0'; p++) {
        if (*p == '%' && *++p == 'p')
            return true;
        if (*p == '\0')
            break;
    }
    return false;
}

/* prof.heap.pb.gz with prof.pb.gz. */
static bool name_beside(const char *kind, char *path, size_t path_size) {
    static const char ending[] = ".pb.gz";
    const size_t length = strlen(path), tail = sizeof ending - 1;
    const bool has_ending = length > tail && strcmp(path + length - tail, ending) == 0;
    char *end = path + length - (has_ending ? tail : 0);
    const size_t left = path_size - (size_t)(end - path);

    return (size_t)snprintf(end, left, ".%s%s", kind, has_ending ? ending : "") < left;
}

/* In a folder the profiles of all programs lie by their usual names. What of those is to be joined;
 * "" if it is no folder. */
static const char *name_in_folder(const char *pattern) {
    static const char usual[] = "/cinstr.%e.%p.pb.gz";
    const size_t length = strlen(pattern);
    struct stat status;

    if (length != 0 && pattern[length - 1] == '/') {
        mkdir(pattern, 0777);
        return usual + 1;
    }
    return stat(pattern, &status) == 0 && S_ISDIR(status.st_mode) ? usual : "";
}

/* Once, before any name is made. */
static void settle_folder(void) {
    const char *name = name_in_folder(options.output);

    if (strlen(options.output) + strlen(name) < sizeof options.output)
        strcat(options.output, name);
    else
        message("output=%s: the name is too long", options.output);
}

/* `kind`: NULL if the pattern names just this file. False: it has been said. */
static bool make_name(const char *pattern, const char *kind, char *path, size_t size) {
    if (!options_expand(pattern, segment.header->program, namesake, path, size))
        return false;
    if (kind == NULL || name_beside(kind, path, size))
        return true;
    message("output=%s: the name is too long", pattern);
    return false;
}

/* One name for several processes: the last to end has it. */
static void warn_of_another(const struct whole_file *file) {
    struct stat status;

    if (file->other[0] != '\0' && stat(file->path, &status) == 0 &&
        (uint64_t)status.st_mtim.tv_sec * 1000000000 + (uint64_t)status.st_mtim.tv_nsec >
            segment.header->start_realtime_ns)
        message(
            "%s: this replaces the profile of another process; %%p in the name keeps them apart",
            file->path);
}

/* False with errno set. */
static bool put_in_place(struct whole_file *file, const char *pattern, const char *kind, char *path,
                         size_t size) {
    const bool is_own = is_own_name(pattern);

    if (!is_own)
        warn_of_another(file);
    while (whole_file_finish(file, !is_own) != 0) {
        if (errno != EEXIST || namesake == MOST_NAMESAKES)
            return false;
        namesake++;
        if (!make_name(pattern, kind, path, size))
            return false;
        snprintf(file->path, sizeof file->path, "%s", path);
    }
    return true;
}

static const char *why(void) {
    return errno == ENXIO ? "nobody reads it" : strerrordesc_np(errno);
}

/* False: it could not be written, which has been said. */
static bool write_one(const char *pattern, const char *kind, bool is_beside) {
    static struct whole_file file; /* the stack may be small */
    const char *suffix = is_beside ? kind : NULL;
    char path[1024];
    char text[512] = "";

    if (!make_name(pattern, suffix, path, sizeof path))
        return false;
    if (whole_file_open(&file, path, PATIENCE) != 0)
        snprintf(text, sizeof text, "%s", why());
    else if (exit_profile_write_to(kind, file.fd, text, sizeof text) == 0) {
        if (put_in_place(&file, pattern, suffix, path, sizeof path))
            return true;
        snprintf(text, sizeof text, "%s", why());
    }
    whole_file_discard(&file);
    message("cannot write %s: %s", path, text);
    return false;
}

/* --- at exit ---------------------------------------------------------------------------------- */

/* Those besides the exact one. */
static struct beside {
    const char *kind;
    const char *file; /* of its own, as a pattern; "" beside the exact one */
    bool is_on;
} * list_besides(size_t *count) {
    static struct beside besides[4];
    const bool is_wall = options.sample_clock == SAMPLE_CLOCK_WALL;

    besides[0] = (struct beside){is_wall ? "wall" : "cpu", options.cpuprofile, options.sample != 0};
    besides[1] = (struct beside){"heap", options.memprofile, options.heap != 0};
    besides[2] = (struct beside){"block", options.blockprofile, options.block != BLOCK_OFF};
    besides[3] = (struct beside){"mutex", options.mutexprofile, options.mutex};
    *count = sizeof besides / sizeof besides[0];
    return besides;
}

static bool has_output(void) {
    return strcmp(options.output, "none") != 0;
}

static bool write_besides(void) {
    size_t count;
    const struct beside *besides = list_besides(&count);
    bool result = true;

    for (size_t i = 0; i < count; i++) {
        const bool is_beside = besides[i].file[0] == '\0';
        if (besides[i].is_on && (!is_beside || has_output()))
            result = write_one(is_beside ? options.output : besides[i].file, besides[i].kind,
                               is_beside) &&
                     result;
    }
    return result;
}

static bool is_json(const char *name) {
    const size_t length = strlen(name);

    return length >= 5 && strcmp(name + length - 5, ".json") == 0;
}

/* What was drained is no longer needed then. */
static bool write_trace(void) {
    const char *chunks = segment.header->trace.path;

    if (options.trace[0] == '\0' || chunks[0] == '\0')
        return true;
    if (!write_one(options.trace, is_json(options.trace) ? "trace-json" : "trace", false))
        return false;
    unlink(chunks);
    return true;
}

static bool anything_recorded(void) {
    if (process_unwinds)
        return samples_are_there() || charge_is_any();
    return segment.header->sections[SEGMENT_SECTION_LANES].count > 1 ||
           segment.header->losses.lane_calls != 0 ||
           segment.header->losses.before_init_calls != 0 || charge_is_any();
}

/* What the profile's notes say as well, for those who do not read them. */
static void warn_of_losses(void) {
    const struct segment_losses *losses = &segment.header->losses;
    const uint64_t calls = losses->lost_calls + losses->lane_calls;

    if (calls != 0 || losses->lanes != 0)
        message("no memory for all that was recorded: of %llu calls only the number is known, and "
                "%llu threads or stacks were not recorded",
                (unsigned long long)calls, (unsigned long long)losses->lanes);
}

void exit_profile_write(void) {
    bool is_written = true;

    warn_of_losses();
    settle_folder();
    if (anything_recorded()) {
        if (has_output() && !process_unwinds)
            is_written = write_one(options.output, "exact", false);
        is_written = write_besides() && is_written;
    }
    is_written = write_trace() && is_written;
    segment.header->state = SEGMENT_EXITED;
    if (is_written)
        segment_unlink();
    else if (segment.path[0] != '\0')
        message("the profile is kept: cinstr dump %s", segment.path);
}
