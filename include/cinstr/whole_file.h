/* SPDX-License-Identifier: MIT */
/*
 * Replaces a file as a whole: its name leads to the old file until the new one is complete. The
 * new one is first written beside it, under a random name that no file has, and then renamed. A
 * device or a pipe is written to directly and never replaced; a symbolic link is followed. Both
 * the recorder and the command use this and options.h; they share no other code. It allocates
 * nothing.
 *
 * Use: whole_file_open(), write to file->fd, then whole_file_finish() or whole_file_discard().
 */
#ifndef CINSTR_WHOLE_FILE_H
#define CINSTR_WHOLE_FILE_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    WHOLE_FILE_PATH = 4096,
    WHOLE_FILE_LINKS = 16, /* more links than that are a circle */
    WHOLE_FILE_NAME = 200, /* bytes of the name that the temporary name repeats */
};

struct whole_file {
    int fd;
    char path[WHOLE_FILE_PATH];       /* the file's path, with links followed */
    char other[WHOLE_FILE_PATH + 32]; /* the temporary name; "": the file is written directly */
};

/* Follows `path` while it is a symbolic link. False with errno set. */
static inline bool whole_file_follow(char path[WHOLE_FILE_PATH]) {
    char target[WHOLE_FILE_PATH];
    ssize_t length = 0;
    for (int i = 0; i < WHOLE_FILE_LINKS; i++) {
        if ((length = readlink(path, target, sizeof(target) - 1)) < 0)
            return true;
        char *slash = strrchr(path, '/');
        const size_t kept = target[0] == '/' || slash == NULL ? 0 : (size_t)(slash + 1 - path);
        if (kept + (size_t)length >= WHOLE_FILE_PATH) {
            errno = ENAMETOOLONG;
            return false;
        }
        memcpy(path + kept, target, (size_t)length);
        path[kept + (size_t)length] = '\0';
    }
    errno = ELOOP;
    return false;
}

/* Makes a new temporary name. */
static inline void whole_file_name_other(struct whole_file *file) {
    const char *slash = strrchr(file->path, '/');
    const char *name = slash == NULL ? file->path : slash + 1;
    uint64_t number;
    struct timespec now;
    if (getrandom(&number, sizeof(number), GRND_NONBLOCK) != (ssize_t)sizeof(number)) {
        clock_gettime(CLOCK_MONOTONIC, &now);
        number = ((uint64_t)now.tv_nsec << 32 ^ (uint64_t)getpid()) * UINT64_C(0x9e3779b97f4a7c15);
    }
    snprintf(file->other, sizeof(file->other), "%.*s%.*s.%016llx.part", (int)(name - file->path),
             file->path, (int)WHOLE_FILE_NAME, name, (unsigned long long)number);
}

/* In a sticky folder, as /tmp is, a file is replaced by its owner alone. */
static inline bool whole_file_is_of_another(const char *path, const struct stat *old) {
    const char *slash = strrchr(path, '/');
    const uid_t user = geteuid();
    char folder[WHOLE_FILE_PATH] = ".";
    struct stat status;
    if (slash != NULL) {
        memcpy(folder, path, (size_t)(slash + 1 - path));
        folder[slash + 1 - path] = '\0';
    }
    return user != 0 && old->st_uid != user && stat(folder, &status) == 0 &&
           (status.st_mode & S_ISVTX) != 0 && status.st_uid != user;
}

/* Creates the temporary file, with the mode of the old file if there is one; else `old` is NULL.
 * Returns its descriptor, or -1 with errno set. */
static inline int whole_file_open_other(struct whole_file *file, const struct stat *old) {
    for (int attempt = 0; attempt < 8; attempt++) {
        whole_file_name_other(file);
        file->fd = open(file->other, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (file->fd >= 0 && old != NULL)
            (void)!fchmod(file->fd, old->st_mode & 0777);
        if (file->fd >= 0 || errno != EEXIST)
            break;
    }
    return file->fd;
}

/* Whether the name is that of a file that some process has open, such as /proc/PID/fd/1. Such a
 * file must not be replaced. */
static inline bool whole_file_is_open_one(const char *path) {
    return strncmp(path, "/dev/fd/", 8) == 0 || strncmp(path, "/dev/std", 8) == 0 ||
           strncmp(path, "/proc/", 6) == 0;
}

/* Opens a device or a pipe for writing. Waits for a reader of the pipe, for `patience` ms at most;
 * below 0: without limit. Returns a descriptor, or -1 with errno set. */
static inline int whole_file_open_in_place(const char *path, int flags, int patience) {
    const struct timespec moment = {0, 10000000};
    int fd = open(path, flags | (patience < 0 ? 0 : O_NONBLOCK));
    for (; fd < 0 && errno == ENXIO && patience > 0; patience -= 10) {
        nanosleep(&moment, NULL);
        fd = open(path, flags | O_NONBLOCK);
    }
    if (fd >= 0 && patience >= 0)
        fcntl(fd, F_SETFL, flags & O_APPEND);
    return fd;
}

/* Opens the file `path` for writing; `patience`: ms to wait for a reader if it is a pipe, below 0
 * without limit. Returns 0, or -1 with errno set; ENXIO: nobody reads the pipe, or there is no
 * such device. Nothing is replaced
 * before whole_file_finish(). */
static inline int whole_file_open(struct whole_file *file, const char *path, int patience) {
    const int flags = O_WRONLY | O_NOCTTY | O_CLOEXEC;
    struct stat status;
    int failure;
    file->fd = -1;
    file->other[0] = '\0';
    if ((size_t)snprintf(file->path, sizeof(file->path), "%s", path) >= sizeof(file->path)) {
        errno = ENAMETOOLONG;
        return -1;
    }
    const bool is_there = stat(path, &status) == 0;
    if (whole_file_is_open_one(path) || (is_there && !S_ISREG(status.st_mode))) {
        const bool is_pipe = is_there && S_ISFIFO(status.st_mode);
        file->fd = whole_file_open_in_place(path, flags | O_APPEND,
                                            is_pipe || patience < 0 ? patience : 0);
        return file->fd >= 0 ? 0 : -1;
    }
    if (!whole_file_follow(file->path))
        return -1;
    failure = is_there && whole_file_is_of_another(file->path, &status) ? EPERM : 0;
    if (failure == 0 && whole_file_open_other(file, is_there ? &status : NULL) >= 0)
        return 0;
    if (failure == 0)
        failure = errno;
    file->other[0] = '\0';
    /* The folder may not be ours to write to, although the file is. */
    if (is_there && (failure == EACCES || failure == EPERM || failure == EROFS))
        file->fd = open(file->path, flags | O_TRUNC);
    errno = failure;
    return file->fd >= 0 ? 0 : -1;
}

/* Closes the file and removes the new one. What was written to a device or a pipe stays written. */
static inline void whole_file_discard(struct whole_file *file) {
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
    if (file->other[0] != '\0')
        unlink(file->other);
    file->other[0] = '\0';
}

/* Closes the new file and gives it its name. An old file is replaced only if `replaces` is true.
 * Returns 0, or -1 with errno set. After EEXIST (there is an old file) the new one is kept, and the
 * caller may try again with another `path`; after any other error it is discarded. */
static inline int whole_file_finish(struct whole_file *file, bool replaces) {
    int result = file->fd < 0 ? 0 : close(file->fd);
    file->fd = -1;
    if (result == 0 && file->other[0] == '\0')
        return 0;
    if (result == 0 && replaces)
        result = rename(file->other, file->path);
    else if (result == 0) {
        result = renameat2(AT_FDCWD, file->other, AT_FDCWD, file->path, RENAME_NOREPLACE);
        if (result != 0 && errno == EINVAL) { /* not every file system supports that */
            result = link(file->other, file->path);
            if (result == 0)
                unlink(file->other);
        }
        if (result != 0 && errno == EEXIST)
            return -1;
    }
    const int failure = errno;
    if (result != 0)
        whole_file_discard(file);
    errno = failure;
    return result;
}

#endif
