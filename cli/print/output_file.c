/* SPDX-License-Identifier: MIT */
/* See output_file.h. */
#include "output_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reader/profile/profile.h"

static int open_standard_output(struct output_file *file, struct error *error) {
    if (isatty(STDOUT_FILENO))
        return error_set(error, "a profile is no text for a terminal: give -o FILE or a pipe");
    snprintf(file->path, sizeof(file->path), "standard output");
    file->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    return file->fd >= 0 ? 0 : error_set_errno(error, "cannot write to standard output");
}

int output_file_open(struct output_file *file, const char *path, struct error *error) {
    struct stat status;
    *file = (struct output_file){.fd = -1};
    if (strcmp(path, "-") == 0)
        return open_standard_output(file, error);
    if ((size_t)snprintf(file->path, sizeof(file->path), "%s", path) >= sizeof(file->path))
        return error_set(error, "the name of the file is too long: %s", path);
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
        file->fd = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
    } else {
        snprintf(file->temporary, sizeof(file->temporary), "%s.%d.part", file->path, (int)getpid());
        file->fd = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    }
    return file->fd >= 0 ? 0 : error_set_errno(error, "cannot write %s", path);
}

int output_file_finish(struct output_file *file, struct error *error) {
    int result = close(file->fd);
    file->fd = -1;
    if (result == 0 && file->temporary[0] != '\0')
        result = rename(file->temporary, file->path);
    if (result == 0)
        return 0;
    error_set_errno(error, "cannot write %s", file->path);
    output_file_discard(file);
    return -1;
}

void output_file_discard(struct output_file *file) {
    if (file->fd >= 0)
        close(file->fd);
    if (file->temporary[0] != '\0')
        unlink(file->temporary);
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
