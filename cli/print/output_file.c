/* SPDX-License-Identifier: MIT */
/* See output_file.h. */
#include "output_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "reader/profile/profile.h"

static int open_standard_output(struct output_file *file, struct error *error) {
    if (isatty(STDOUT_FILENO))
        return error_set(error,
                         "a profile is binary, not text for a terminal: use -o FILE or a pipe");
    file->path = "standard output";
    file->whole.fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    file->fd = file->whole.fd;
    return file->fd >= 0 ? 0 : error_set_errno(error, "cannot write to standard output");
}

int output_file_open(struct output_file *file, const char *path, struct error *error) {
    *file = (struct output_file){.fd = -1, .path = path, .whole.fd = -1};
    if (strcmp(path, "-") == 0)
        return open_standard_output(file, error);
    if (whole_file_open(&file->whole, path, -1) != 0)
        return error_set_errno(error, "cannot write %s", path);
    file->fd = file->whole.fd;
    return 0;
}

int output_file_finish(struct output_file *file, struct error *error) {
    file->fd = -1;
    return whole_file_finish(&file->whole, true) == 0
               ? 0
               : error_set_errno(error, "cannot write %s", file->path);
}

void output_file_discard(struct output_file *file) {
    file->fd = -1;
    whole_file_discard(&file->whole);
}

int output_file_write(struct output_file *file, const char *path, output_file_writer *write,
                      const void *what, struct error *error) {
    if (output_file_open(file, path, error) != 0)
        return -1;
    if (write(what, file->fd, error) == 0)
        return output_file_finish(file, error);
    output_file_discard(file);
    return error_prefix(error, "%s", file->path);
}

struct printing {
    output_file_printer *print;
    const void *what;
};

static int print_to(const void *what, int fd, struct error *error) {
    const struct printing *printing = what;
    const int copy = dup(fd);
    FILE *out = copy < 0 ? NULL : fdopen(copy, "w");
    if (out == NULL) {
        if (copy >= 0)
            close(copy);
        return error_set_errno(error, "cannot write");
    }
    const int result = printing->print(out, printing->what, error);
    const bool is_written = ferror(out) == 0;
    if ((fclose(out) != 0 || !is_written) && result == 0)
        return error_set_errno(error, "cannot write");
    return result;
}

int output_file_print(const char *path, output_file_printer *print, const void *what,
                      struct error *error) {
    const struct printing printing = {print, what};
    struct output_file file;
    return output_file_write(&file, path, print_to, &printing, error);
}

int output_file_pprof(const void *profile, int fd, struct error *error) {
    return profile_write_pprof(profile, fd, error);
}
