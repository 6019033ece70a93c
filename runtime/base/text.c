/* SPDX-License-Identifier: MIT */
/*
 * libc's functions on text that the recorder uses, its own and hidden in it, as those on memory in
 * memory.c: a program may define functions of these names, with hooks, locks or memory of their
 * own, and must not receive the recorder's calls. They do no more than is needed here: numbers are
 * decimal, and formats have %d %u %x %s %c %%, with l, ll and z, a width filled with zeros, and a
 * precision for texts.
 */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

size_t strnlen(const char *text, size_t most) {
    size_t length = 0;
    while (length < most && text[length] != '\0')
        length++;
    return length;
}

size_t strlen(const char *text) {
    return strnlen(text, SIZE_MAX);
}

int strncmp(const char *one, const char *other, size_t size) {
    for (; size > 0; size--, one++, other++) {
        if (*one != *other)
            return (unsigned char)*one - (unsigned char)*other;
        if (*one == '\0')
            break;
    }
    return 0;
}

int strcmp(const char *one, const char *other) {
    return strncmp(one, other, SIZE_MAX);
}

char *strchr(const char *text, int wanted) {
    for (; *text != (char)wanted; text++) {
        if (*text == '\0')
            return NULL;
    }
    return (char *)text;
}

char *strrchr(const char *text, int wanted) {
    const char *found = NULL;
    for (; (text = strchr(text, wanted)) != NULL; text++) {
        found = text;
        if (*text == '\0')
            break;
    }
    return (char *)found;
}

size_t strcspn(const char *text, const char *ends) {
    size_t length = 0;
    while (text[length] != '\0' && strchr(ends, text[length]) == NULL)
        length++;
    return length;
}

char *strcpy(char *restrict to, const char *restrict from) {
    return memcpy(to, from, strlen(from) + 1);
}

char *strncpy(char *restrict to, const char *restrict from, size_t size) {
    const size_t length = strnlen(from, size);
    memcpy(to, from, length);
    memset(to + length, 0, size - length);
    return to;
}

unsigned long long strtoull(const char *text, char **end, int base) {
    const char *at = text + (*text == ' ');
    const char *const first = at;
    unsigned long long value = 0, digit;
    bool is_over = false;
    for (; *at >= '0' && *at <= '9'; at++) {
        digit = (unsigned long long)(*at - '0');
        is_over = is_over || value > (ULLONG_MAX - digit) / (unsigned)base;
        value = value * (unsigned)base + digit;
    }
    if (end != NULL)
        *end = (char *)(at == first ? text : at);
    if (is_over)
        errno = ERANGE;
    return is_over ? ULLONG_MAX : value;
}

unsigned long strtoul(const char *text, char **end, int base) {
    return strtoull(text, end, base);
}

char *getenv(const char *name) {
    const size_t length = strlen(name);
    for (char **variable = environ; variable != NULL && *variable != NULL; variable++) {
        if (strncmp(*variable, name, length) == 0 && (*variable)[length] == '=')
            return *variable + length + 1;
    }
    return NULL;
}

/* --- formats ---------------------------------------------------------------------------------- */

struct output {
    char *to;
    size_t size, length; /* length may exceed the room */
};

static void put(struct output *output, int c) {
    if (output->length + 1 < output->size)
        output->to[output->length] = (char)c;
    output->length++;
}

static void put_number(struct output *output, unsigned long long value, unsigned base, int width) {
    char digits[20];
    int count = 0;
    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    for (; width > count; width--)
        put(output, '0');
    while (count > 0)
        put(output, digits[--count]);
}

static void put_signed(struct output *output, long long value) {
    if (value < 0)
        put(output, '-');
    put_number(output, value < 0 ? -(unsigned long long)value : (unsigned long long)value, 10, 0);
}

static void put_text(struct output *output, const char *text, size_t most) {
    for (; most > 0 && *text != '\0'; most--)
        put(output, *text++);
}

static int read_width(const char **format) {
    int width = 0;
    for (; **format >= '0' && **format <= '9'; (*format)++)
        width = width * 10 + (**format - '0');
    return width;
}

/* The next argument, of that size. */
#define NEXT_UNSIGNED(size)                                                                        \
    ((size) == sizeof(int) ? va_arg(arguments, unsigned) : va_arg(arguments, unsigned long long))
#define NEXT_SIGNED(size)                                                                          \
    ((size) == sizeof(int) ? va_arg(arguments, int) : va_arg(arguments, long long))

int vsnprintf(char *to, size_t size, const char *format, va_list arguments) {
    struct output output = {to, size, 0};
    for (; *format != '\0'; format++) {
        size_t most = SIZE_MAX, bytes = sizeof(int);
        if (*format != '%') {
            put(&output, *format);
            continue;
        }
        format++;
        const int width = read_width(&format);
        if (*format == '.') {
            most = (size_t)va_arg(arguments, int); /* .*s */
            format += 2;
        }
        for (; *format == 'l' || *format == 'z'; format++)
            bytes = sizeof(long);
        if (*format == 's')
            put_text(&output, va_arg(arguments, const char *), most);
        else if (*format == 'd')
            put_signed(&output, NEXT_SIGNED(bytes));
        else if (*format == 'u' || *format == 'x')
            put_number(&output, NEXT_UNSIGNED(bytes), *format == 'x' ? 16 : 10, width);
        else
            put(&output, *format == 'c' ? va_arg(arguments, int) : *format);
    }
    if (size > 0)
        to[output.length < size ? output.length : size - 1] = '\0';
    return (int)output.length;
}

int snprintf(char *to, size_t size, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(to, size, format, arguments);
    va_end(arguments);
    return length;
}
