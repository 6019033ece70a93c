/* SPDX-License-Identifier: MIT */
/*
 * The only way in which the recorder prints: one line on standard error. For cold paths alone,
 * never from the usual path of a hook. Not a cancellation point, unlike write().
 */
#include "message.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

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
    syscall(SYS_write, STDERR_FILENO, line, (size_t)length);
    errno = saved;
}
