/* SPDX-License-Identifier: MIT */
/* See csv_text.h. */
#include "csv_text.h"

#include <string.h>

void csv_text(FILE *out, const char *text) {
    const char *quote = strpbrk(text, ",\"") == NULL ? "" : "\"";
    fputs(quote, out);
    for (; *text != '\0'; text++) {
        if (*text == '"')
            putc('"', out);
        putc((unsigned char)*text < 0x20 || *text == 0x7f ? '?' : *text, out);
    }
    fputs(quote, out);
}
