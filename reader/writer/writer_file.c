/* SPDX-License-Identifier: MIT */
/* One file of a process's profiles: see writer_file.h. */
#include "writer_file.h"

#include <cinstr/whole_file.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "writer_kind.h"

enum { MOST_NAMESAKES = 100000 };

/* How many ms the end of a program waits at most for a reader of the pipe that it is to write
 * to. */
enum { PATIENCE = 5000 };

struct target {
    struct writer_names *names;
    const struct writer_request *request;
    char path[1024];
    struct whole_file file;
};

static bool make_name(struct target *target, struct error *error) {
    return writer_name(target->names, target->request, target->path, sizeof(target->path), error);
}

/* A name with %p belongs to this process: if the file exists, it is of another process that had
 * the same pid (in another container, or earlier), and is kept. So is a file in a folder. */
static bool is_own_name(const char *pattern) {
    struct stat status;
    for (const char *p = pattern; *p != '\0'; p++) {
        if (*p == '%' && *++p == 'p')
            return true;
        if (*p == '\0')
            break;
    }
    return stat(pattern, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Several processes share a name: the last one to end replaces the file. */
static void warn_of_another(const struct target *target) {
    const struct whole_file *file = &target->file;
    struct stat status;
    if (file->other[0] != '\0' && stat(file->path, &status) == 0 &&
        (uint64_t)status.st_mtim.tv_sec * 1000000000 + (uint64_t)status.st_mtim.tv_nsec >
            target->names->header->start_realtime_ns)
        fprintf(stderr,
                "cinstr: %s: this replaces the profile of another process; %%p in the name keeps "
                "them apart\n",
                file->path);
}

static int fail(const struct target *target, struct error *error) {
    const int failure = errno;
    struct stat status;
    const bool is_pipe = stat(target->path, &status) == 0 && S_ISFIFO(status.st_mode);
    return error_set(error, "cannot write %s: %s", target->path,
                     failure == ENXIO && is_pipe ? "nobody reads it" : strerror(failure));
}

static int put_in_place(struct target *target, struct error *error) {
    const bool is_own = is_own_name(target->request->name);
    if (!is_own)
        warn_of_another(target);
    while (whole_file_finish(&target->file, !is_own) != 0) {
        if (errno != EEXIST || target->names->namesake == MOST_NAMESAKES)
            return fail(target, error);
        target->names->namesake++;
        if (!make_name(target, error))
            return -1;
        snprintf(target->file.path, sizeof(target->file.path), "%s", target->path);
    }
    return 0;
}

int writer_file(struct writer_names *names, const struct writer_request *request,
                const struct snapshot *snapshot, struct error *error) {
    struct target target = {.names = names, .request = request};
    if (!make_name(&target, error))
        return -1;
    if (whole_file_open(&target.file, target.path, PATIENCE) != 0)
        return fail(&target, error);
    int result = writer_kind_write(snapshot, request->kind, target.file.fd, error);
    if (result != 0)
        error_prefix(error, "cannot write %s", target.path);
    else
        result = put_in_place(&target, error);
    if (result != 0)
        whole_file_discard(&target.file);
    return result;
}
