/* SPDX-License-Identifier: MIT */
/* Lines and numbers of text formats (see import_format.h). */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "import_format.h"

bool import_next_line(const struct import *import, struct import_line *line) {
    const char *begin = line->text == NULL ? import->data : line->text + line->length;
    const char *end = import->data + import->size;
    if (line->text != NULL && begin < end)
        begin++; /* the newline */
    if (begin >= end)
        return false;
    const char *newline = memchr(begin, '\n', (size_t)(end - begin));
    line->text = begin;
    line->length = (size_t)((newline == NULL ? end : newline) - begin);
    line->number++;
    return true;
}

int import_bad_line(const struct import *import, const struct import_line *line,
                    struct error *error, const char *format, ...) {
    char why[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, sizeof(why), format, arguments);
    va_end(arguments);
    return error_set(error, "%s:%" PRIu64 ": %s", import->name, line->number, why);
}

static unsigned digit(char c) {
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if ((c | 32) >= 'a' && (c | 32) <= 'f')
        return (unsigned)((c | 32) - 'a' + 10);
    return 16;
}

bool import_number(const char **text, const char *end, unsigned base, uint64_t *number) {
    const char *at = *text;
    uint64_t value = 0;
    while (at < end && digit(*at) < base) {
        if (__builtin_mul_overflow(value, base, &value) ||
            __builtin_add_overflow(value, digit(*at), &value))
            return false;
        at++;
    }
    if (at == *text)
        return false;
    *text = at;
    *number = value;
    return true;
}
