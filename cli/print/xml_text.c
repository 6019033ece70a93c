/* SPDX-License-Identifier: MIT */
/* See xml_text.h. */
#include "xml_text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The length in bytes of the UTF-8 character at `text`; 0: it is not one, or one that XML does
 * not allow. */
static size_t character_size(const unsigned char *text) {
    const size_t size = text[0] < 0x80   ? 1
                        : text[0] < 0xc2 ? 0
                        : text[0] < 0xe0 ? 2
                        : text[0] < 0xf0 ? 3
                        : text[0] < 0xf5 ? 4
                                         : 0;
    uint32_t value = size == 1 ? text[0] : text[0] & (0x7fu >> size);
    for (size_t i = 1; i < size; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (text[i] & 0x3f);
    }
    const bool is_long = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
    const bool is_none = value < 0x20 || value == 0x7f || (value >= 0xd800 && value < 0xe000) ||
                         value == 0xfffe || value == 0xffff || value > 0x10ffff;
    return is_long || is_none ? 0 : size;
}

static const char *entity(char character) {
    switch (character) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    default:
        return NULL;
    }
}

void xml_text(FILE *out, const char *text) {
    while (*text != '\0') {
        const size_t size = character_size((const unsigned char *)text);
        const char *replacement = entity(*text);
        if (size == 0)
            putc('?', out);
        else if (replacement != NULL)
            fputs(replacement, out);
        else
            fwrite(text, 1, size, out);
        text += size == 0 ? 1 : size;
    }
}
