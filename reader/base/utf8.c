/* SPDX-License-Identifier: MIT */
/* See utf8.h. */
#include "utf8.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_between(unsigned char byte, unsigned char low, unsigned char high) {
    return byte >= low && byte <= high;
}

/* The number of bytes of the character at `at`, by the Unicode Standard's table of well-formed
 * sequences: neither overlong ones nor surrogates. 0: it is not a character. */
static size_t character(const unsigned char *at, size_t left) {
    unsigned char low = 0x80, high = 0xbf;
    size_t size;
    if (left == 0 || is_between(at[0], 0x80, 0xc1) || at[0] > 0xf4)
        return 0;
    size = at[0] < 0x80 ? 1 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
    if (at[0] == 0xe0)
        low = 0xa0;
    if (at[0] == 0xed)
        high = 0x9f;
    if (at[0] == 0xf0)
        low = 0x90;
    if (at[0] == 0xf4)
        high = 0x8f;
    if (size > left || (size > 1 && !is_between(at[1], low, high)))
        return 0;
    for (size_t i = 2; i < size; i++) {
        if (!is_between(at[i], 0x80, 0xbf))
            return 0;
    }
    return size;
}

bool utf8_is_valid(const char *text, size_t size) {
    const unsigned char *at = (const unsigned char *)text, *end = at + size;
    size_t step;
    while (at < end && (step = character(at, (size_t)(end - at))) != 0)
        at += step;
    return at == end;
}

char *utf8_escape(const char *text, size_t size, size_t *length) {
    char *copy = size > (SIZE_MAX - 1) / 4 ? NULL : malloc(4 * size + 1);
    size_t used = 0, step;
    for (size_t i = 0; copy != NULL && i < size; i += step) {
        step = character((const unsigned char *)text + i, size - i);
        if (step != 0) {
            memcpy(copy + used, text + i, step);
            used += step;
        } else {
            used += (size_t)sprintf(copy + used, "\\x%02x", (unsigned char)text[i]);
            step = 1;
        }
    }
    if (copy != NULL)
        copy[used] = '\0';
    *length = used;
    return copy;
}

void utf8_clean(char *text) {
    size_t left = strlen(text), step;
    for (char *at = text; left != 0; at += step, left -= step) {
        step = character((const unsigned char *)at, left);
        if (step == 0) {
            *at = '?';
            step = 1;
        }
    }
}
