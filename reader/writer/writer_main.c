/* SPDX-License-Identifier: MIT */
/*
 * What cinstr-writer does (cinstr/writer.h): it writes the profiles of one process, which waits for
 * it, in that process's folder and on its terminal.
 */
#include <cinstr/writer.h>

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reader/base/error.h"
#include "reader/snapshot/snapshot.h"
#include "writer_file.h"
#include "writer_input.h"
#include "writer_kind.h"

/* A write that fails must be an error, not a signal; and stopping the terminal's processes must
 * not stop this one, for which another waits. */
static void ignore_signals(void) {
    static const int ignored[] = {SIGPIPE, SIGXFSZ, SIGTSTP, SIGTTIN, SIGTTOU};
    for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
        signal(ignored[i], SIG_IGN);
}

/* If the process had closed its standard descriptors, this program's files must not get their
 * numbers: opens something there, to which writing fails. */
static void fill_descriptors(void) {
    int fd;
    while ((fd = open("/", O_PATH | O_DIRECTORY)) >= 0 && fd <= STDERR_FILENO) {
    }
    if (fd >= 0)
        close(fd);
}

static void remove_chunks(const struct snapshot *snapshot) {
    if (snapshot->header.trace.path[0] != '\0')
        unlink(snapshot->header.trace.path);
}

static int write_one(struct writer_names *names, const struct snapshot *snapshot,
                     const struct writer_request *request, struct error *error) {
    int result;
    if (request->how == WRITER_DESCRIPTOR) {
        result = writer_kind_write(snapshot, request->kind, atoi(request->name), error);
        return result == 0 ? 0 : error_prefix(error, "cannot write a profile");
    }
    result = writer_file(names, request, snapshot, error);
    if (result == 0 && writer_kind_is_trace(request->kind))
        remove_chunks(snapshot);
    return result;
}

static void say(const struct error *error) {
    char line[sizeof(error->message) + 16];
    const int length = snprintf(line, sizeof(line), "cinstr: %s\n", error->message);
    if (write(STDERR_FILENO, line, (size_t)length) < 0)
        return; /* nobody listens */
}

/* `requests`: KIND HOW NAME, ..., up to a NULL. */
static enum writer_status write_all(const struct snapshot *snapshot, char *const *requests) {
    struct writer_names names = {&snapshot->header, 0};
    enum writer_status status = WRITER_DONE;
    struct error error;
    for (; requests[0] != NULL; requests += 3) {
        const struct writer_request request = {requests[0], (enum writer_how)requests[1][0],
                                               requests[2]};
        if (write_one(&names, snapshot, &request, &error) == 0)
            continue;
        say(&error);
        status = WRITER_FAILED;
    }
    return status;
}

int cinstr_writer_main(int argc, char **argv) {
    enum writer_status status = WRITER_FAILED;
    struct error error;
    if (argc < 2 || argc % 3 != 2) {
        error_set(&error, "%s is run by instrumented programs alone, to write their profiles",
                  WRITER_NAME);
        say(&error);
        return WRITER_FAILED;
    }
    ignore_signals();
    fill_descriptors();
    struct snapshot *snapshot = writer_input_read(atoi(argv[1]), &error);
    if (snapshot != NULL) {
        status = write_all(snapshot, argv + 2);
    } else {
        error_prefix(&error, "cannot write a profile");
        say(&error);
    }
    snapshot_free(snapshot);
    return (int)status;
}
