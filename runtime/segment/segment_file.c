/* SPDX-License-Identifier: MIT */
/*
 * Where the segment's file is and how it is created: mode 0600, in a directory of mode 0700 that
 * belongs to the user, never following a link, never reusing a file. No descriptor stays open.
 */
#include "segment_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/options.h"

/* Modes are as they are to be, whatever the umask. */
static bool make_directory(const char *path) {
    if (mkdir(path, 0700) != 0)
        return errno == EEXIST;
    chmod(path, 0700);
    return true;
}

static int open_directory(const char *path, bool make) {
    struct stat status;
    if (make && !make_directory(path))
        return -1;
    const int fd = (int)syscall(SYS_openat, AT_FDCWD, path,
                                O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (fstat(fd, &status) == 0 && status.st_uid == geteuid() && (status.st_mode & 077) == 0)
        return fd;
    syscall(SYS_close, fd);
    errno = EPERM;
    return -1;
}

/* The one that is asked for. A program may go to another folder, and its segment is found by name. */
static int open_named(char *path, size_t size) {
    const size_t name = strlen(options.directory) + 48; /* with the segment's */
    size_t length = 0;
    if (options.directory[0] != '/' && size > name && getcwd(path, size - name) != NULL) {
        length = strlen(path);
        path[length++] = '/';
    }
    snprintf(path + length, size - length, "%s", options.directory);
    return open_directory(path, true);
}

/* In order of preference. Memory-backed directories come first, since writing to a mapped disk
 * file can stall. */
static int choose_directory(char *path, size_t size) {
    const char *runtime_directory = getenv("XDG_RUNTIME_DIR");
    const unsigned user = (unsigned)geteuid();
    int fd;
    if (options.directory[0] != '\0')
        return open_named(path, size);
    if (runtime_directory != NULL && runtime_directory[0] == '/' &&
        strlen(runtime_directory) < 200) {
        snprintf(path, size, "%s/cinstr", runtime_directory);
        if ((fd = open_directory(path, true)) >= 0)
            return fd;
    }
    snprintf(path, size, "/dev/shm/cinstr-%u", user);
    if ((fd = open_directory(path, true)) >= 0)
        return fd;
    snprintf(path, size, "/tmp/cinstr-%u", user);
    return open_directory(path, true);
}

static uint64_t random_name(void) {
    uint64_t value;
    if (syscall(SYS_getrandom, &value, sizeof(value), 1 /* GRND_NONBLOCK */) != sizeof(value))
        value = clock_ticks() * UINT64_C(0x9e3779b97f4a7c15);
    return value;
}

static int create_in(int directory, char *path, size_t size) {
    const size_t length = strlen(path);
    for (int attempt = 0; attempt < 8; attempt++) {
        snprintf(path + length, size - length, "/%d.%016llx.seg", (int)getpid(),
                 (unsigned long long)random_name());
        const int fd = (int)syscall(SYS_openat, directory, path + length + 1,
                                    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd >= 0)
            fchmod(fd, 0600);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

void *segment_file_create(char *path, size_t path_size, uint64_t size, char *reason,
                          size_t reason_size) {
    void *base = MAP_FAILED;
    const int directory = choose_directory(path, path_size);
    if (directory < 0) {
        snprintf(reason, reason_size, "%s: %s", path,
                 errno == EPERM ? "must be yours alone (chmod 700)" : strerrordesc_np(errno));
        return NULL;
    }
    const int fd = create_in(directory, path, path_size);
    syscall(SYS_close, directory);
    if (fd >= 0 && ftruncate(fd, (off_t)size) == 0)
        base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (base == MAP_FAILED)
        snprintf(reason, reason_size, "%s: %s", path, strerrordesc_np(errno));
    if (fd >= 0) {
        syscall(SYS_close, fd);
        if (base == MAP_FAILED)
            syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    }
    return base == MAP_FAILED ? NULL : base;
}

bool segment_file_reserve(const char *path, uint64_t offset, uint64_t size) {
    struct stat status;
    bool done = false;
    const int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0);
    if (fd < 0)
        return false;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
        (uint64_t)status.st_size >= offset + size) {
        done = syscall(SYS_fallocate, fd, 0, (off_t)offset, (off_t)size) == 0;
    }
    syscall(SYS_close, fd);
    return done;
}
