/* SPDX-License-Identifier: MIT */
/*
 * Errors of the reader as data (see error.h). Called by everything in the reader and the command.
 * Names in a message come from untrusted files; characters that could break the line or control a
 * terminal are replaced here. Never prints and never allocates.
 */
#include "error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Control characters become '?', and a character that was cut in half at the end is dropped. */
static void make_line(char *text, size_t size) {
    size_t length = strnlen(text, size - 1);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < 0x20 || c == 0x7f)
            text[i] = '?';
    }
    if (length != size - 1)
        return;
    size_t start = length;
    while (start > 0 && length - start < 4 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
        start--;
    if (start > 0 && (unsigned char)text[start - 1] >= 0xc0)
        start--;
    if (start < length && (unsigned char)text[start] >= 0xc0)
        text[start] = '\0';
}

static void set_message(struct error *error, const char *format, va_list arguments) {
    if (vsnprintf(error->message, sizeof(error->message), format, arguments) < 0)
        snprintf(error->message, sizeof(error->message), "%s", format);
    make_line(error->message, sizeof(error->message));
}

int error_set(struct error *error, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    set_message(error, format, arguments);
    va_end(arguments);
    return -1;
}

int error_set_errno(struct error *error, const char *format, ...) {
    char reason[128];
    const char *text = strerror_r(errno, reason, sizeof(reason));
    va_list arguments;
    va_start(arguments, format);
    set_message(error, format, arguments);
    va_end(arguments);

    /* If it does not fit, the end of the context is cut, not the reason. */
    size_t room = sizeof(error->message) - strlen(text) - sizeof(": ");
    if (strlen(error->message) > room) {
        error->message[room] = '\0';
        make_line(error->message, room + 1);
    }
    strcat(error->message, ": ");
    strcat(error->message, text);
    return -1;
}

int error_prefix(struct error *error, const char *format, ...) {
    struct error inner = *error;
    va_list arguments;
    va_start(arguments, format);
    set_message(error, format, arguments);
    va_end(arguments);

    size_t length = strlen(error->message);
    snprintf(error->message + length, sizeof(error->message) - length, ": %s", inner.message);
    make_line(error->message, sizeof(error->message));
    return -1;
}
