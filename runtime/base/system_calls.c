/* SPDX-License-Identifier: MIT */
/*
 * The system calls that the recorder makes, under libc's names but hidden in the recorder, for the
 * same reason as in text.c: a program's functions of these names are not called. They are not
 * cancellation points, either. A call that the program's sandbox does not permit fails here.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "sandbox.h"
#include "system_call.h"

long system_call(long number, const long a[6]) {
    long result;
#if defined(__x86_64__)
    register long fourth __asm__("r10") = a[3];
    register long fifth __asm__("r8") = a[4];
    register long sixth __asm__("r9") = a[5];

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(fourth), "r"(fifth),
                       "r"(sixth)
                     : "rcx", "r11", "memory");
#elif defined(__aarch64__)
    register long which __asm__("x8") = number;
    register long first __asm__("x0") = a[0];
    register long second __asm__("x1") = a[1], third __asm__("x2") = a[2];
    register long fourth __asm__("x3") = a[3], fifth __asm__("x4") = a[4];
    register long sixth __asm__("x5") = a[5];

    __asm__ volatile("svc 0"
                     : "+r"(first)
                     : "r"(which), "r"(second), "r"(third), "r"(fourth), "r"(fifth), "r"(sixth)
                     : "memory");
    result = first;
#else
#error "cinstr: no system calls for this architecture; add a block here"
#endif
    return result;
}

/* Passes six arguments; the kernel ignores those that a call does not have. The address sanitizer
 * would report reading them. */
__attribute__((no_sanitize("address"))) long syscall(long number, ...) {
    va_list arguments;
    long a[6];
    if (!sandbox_allows(number)) {
        errno = EPERM;
        return -1;
    }
    va_start(arguments, number);
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(arguments, long);
    va_end(arguments);
    const long result = system_call(number, a);
    if (result >= 0 || result < -4095)
        return result;
    errno = (int)-result;
    return -1;
}

/* --- memory ----------------------------------------------------------------------------------- */

static void *address(long result) {
    return result == -1 ? MAP_FAILED : (void *)(uintptr_t)result;
}

void *mmap(void *start, size_t size, int protection, int flags, int fd, off_t offset) {
    return address(syscall(SYS_mmap, start, size, (long)protection, (long)flags, (long)fd, offset));
}

void *mremap(void *old, size_t old_size, size_t size, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    void *wanted = va_arg(arguments, void *);
    va_end(arguments);
    return address(syscall(SYS_mremap, old, old_size, size, (long)flags, wanted));
}

int munmap(void *start, size_t size) {
    return (int)syscall(SYS_munmap, start, size);
}

int mprotect(void *start, size_t size, int protection) {
    return (int)syscall(SYS_mprotect, start, size, (long)protection);
}

int madvise(void *start, size_t size, int advice) {
    return (int)syscall(SYS_madvise, start, size, (long)advice);
}

/* --- files ------------------------------------------------------------------------------------ */

int open(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const long mode = va_arg(arguments, int);
    va_end(arguments);
    return (int)syscall(SYS_openat, (long)AT_FDCWD, path, (long)flags, mode);
}

int close(int fd) {
    return (int)syscall(SYS_close, (long)fd);
}

int fcntl(int fd, int command, ...) {
    va_list arguments;
    va_start(arguments, command);
    const long argument = va_arg(arguments, long);
    va_end(arguments);
    return (int)syscall(SYS_fcntl, (long)fd, (long)command, argument);
}

int stat(const char *restrict path, struct stat *restrict status) {
    return (int)syscall(SYS_newfstatat, (long)AT_FDCWD, path, status, 0L);
}

int fstat(int fd, struct stat *status) {
    return (int)syscall(SYS_fstat, (long)fd, status);
}

int ftruncate(int fd, off_t size) {
    return (int)syscall(SYS_ftruncate, (long)fd, size);
}

int fchmod(int fd, mode_t mode) {
    return (int)syscall(SYS_fchmod, (long)fd, (long)mode);
}

int chmod(const char *path, mode_t mode) {
    return (int)syscall(SYS_fchmodat, (long)AT_FDCWD, path, (long)mode);
}

int mkdir(const char *path, mode_t mode) {
    return (int)syscall(SYS_mkdirat, (long)AT_FDCWD, path, (long)mode);
}

ssize_t readlink(const char *restrict path, char *restrict to, size_t size) {
    return syscall(SYS_readlinkat, (long)AT_FDCWD, path, to, size);
}

int unlink(const char *path) {
    return (int)syscall(SYS_unlinkat, (long)AT_FDCWD, path, 0L);
}

int link(const char *from, const char *to) {
    return (int)syscall(SYS_linkat, (long)AT_FDCWD, from, (long)AT_FDCWD, to, 0L);
}

int renameat2(int old_directory, const char *from, int directory, const char *to, unsigned flags) {
    return (int)syscall(SYS_renameat2, (long)old_directory, from, (long)directory, to, (long)flags);
}

int rename(const char *from, const char *to) {
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

/* a folder outside the root has no name */
char *getcwd(char *to, size_t size) {
    if (syscall(SYS_getcwd, to, size) > 0 && to[0] == '/')
        return to;
    errno = ENOENT;
    return NULL;
}

/* --- the process ------------------------------------------------------------------------------ */

int prctl(int option, ...) {
    va_list arguments;
    va_start(arguments, option);
    const long argument = va_arg(arguments, long);
    va_end(arguments);
    return (int)syscall(SYS_prctl, (long)option, argument, 0L, 0L, 0L);
}

pid_t getpid(void) {
    return (pid_t)syscall(SYS_getpid);
}

pid_t getppid(void) {
    return (pid_t)syscall(SYS_getppid);
}

uid_t geteuid(void) {
    return (uid_t)syscall(SYS_geteuid);
}

int getrlimit(__rlimit_resource_t resource, struct rlimit *limit) {
    return (int)syscall(SYS_prlimit64, 0L, (long)resource, 0L, limit);
}

ssize_t getrandom(void *to, size_t size, unsigned flags) {
    return syscall(SYS_getrandom, to, size, (long)flags);
}

int gethostname(char *to, size_t size) {
    struct utsname system;
    if (syscall(SYS_uname, &system) != 0)
        return -1;
    strncpy(to, system.nodename, size);
    return 0;
}

int sched_yield(void) {
    return (int)syscall(SYS_sched_yield);
}

int nanosleep(const struct timespec *wanted, struct timespec *left) {
    return (int)syscall(SYS_nanosleep, wanted, left);
}
