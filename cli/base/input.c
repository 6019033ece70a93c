/* SPDX-License-Identifier: MIT */
/* See input.h. */
#include "input.h"

#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"

/* The writer of a pipe may come later, or never. */
static void wait_for_writer(int fd, const char *path) {
    enum { PATIENCE = 1000 }; /* ms until a message is printed */
    struct pollfd pipe = {.fd = fd, .events = POLLIN};
    if (poll(&pipe, 1, PATIENCE) == 0) {
        note("waiting for somebody to write to the pipe %s", path);
        poll(&pipe, 1, -1);
    }
}

static bool may_be_endless(int fd, const struct stat *status) {
    struct stat null;
    if (!S_ISCHR(status->st_mode))
        return S_ISBLK(status->st_mode);
    return !isatty(fd) && (stat("/dev/null", &null) != 0 || status->st_rdev != null.st_rdev);
}

static int open_named(const char *path) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat status;
    if (fd >= 0 && fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode))
        wait_for_writer(fd, path);
    if (fd >= 0)
        fcntl(fd, F_SETFL, 0);
    return fd;
}

static bool is_standard(const char *path) {
    return strcmp(path, "-") == 0;
}

const char *input_name(const char *path) {
    return is_standard(path) ? "standard input" : path;
}

int input_open(const char *path, struct error *error) {
    const char *name = input_name(path);
    const int fd = is_standard(path) ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : open_named(path);
    struct stat status;
    if (fd < 0)
        return error_set_errno(error, "cannot open %s", name);
    if (fstat(fd, &status) != 0 || !may_be_endless(fd, &status))
        return fd;
    close(fd);
    return error_set(error, "%s: a device: give a file or a pipe", name);
}
