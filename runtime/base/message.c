/* SPDX-License-Identifier: MIT */
/*
 * The only way in which the recorder prints: one line on standard error. For cold paths alone,
 * never from the usual path of a hook. Not a cancellation point, unlike write().
 */
#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox.h"

static struct stat at_start;
static bool has_begun;

void message_begin(void) {
    syscall(SYS_fstat, STDERR_FILENO, &at_start);
    has_begun = true;
}

bool message_is_welcome(void) {
    static const short calls[] = {SYS_fstat, SYS_fcntl, -1};
    struct stat now;
    if (!has_begun || !sandbox_allows_all(calls) || syscall(SYS_fstat, STDERR_FILENO, &now) != 0 ||
        !S_ISREG(now.st_mode) || (now.st_dev == at_start.st_dev && now.st_ino == at_start.st_ino))
        return true;
    return (syscall(SYS_fcntl, STDERR_FILENO, F_GETFL) & O_APPEND) != 0;
}

void message(const char *format, ...) {
    char line[1024] = "cinstr: ";
    const int prefix = 8;
    const int saved = errno;
    va_list arguments;
    int length;
    va_start(arguments, format);
    length = vsnprintf(line + prefix, sizeof(line) - (size_t)prefix - 1, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    length += prefix;
    if ((size_t)length > sizeof(line) - 2)
        length = (int)sizeof(line) - 2;
    line[length++] = '\n';
    if (message_is_welcome())
        syscall(SYS_write, STDERR_FILENO, line, (size_t)length);
    errno = saved;
}
