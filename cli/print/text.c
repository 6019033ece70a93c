/* SPDX-License-Identifier: MIT */
/*
 * See text.h. Only the locale knows which characters a terminal prints: in UTF-8 the bytes of
 * control characters beyond ASCII are also parts of letters.
 */
#include "text.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "short_name.h"

static bool has_long_names;

void text_print(FILE *out, const char *text) {
    mbstate_t state = {0};
    size_t left = strlen(text);
    while (left != 0) {
        wchar_t character;
        size_t length = mbrtowc(&character, text, left, &state);
        if (length == 0 || length > left) {
            memset(&state, 0, sizeof(state));
            length = 1;
            putc('?', out);
        } else if (iswprint((wint_t)character)) {
            fwrite(text, 1, length, out);
        } else {
            putc('?', out);
        }
        text += length;
        left -= length;
    }
}

/* Where the arguments begin: at the last pair of parentheses that is inside no other. */
static size_t without_arguments(const char *name) {
    size_t end = strlen(name), depth = 0;
    for (size_t i = 0; name[i] != '\0'; i++) {
        if (name[i] == '(' && depth++ == 0 && i > 0 &&
            strncmp(name + i, "(anonymous ", strlen("(anonymous ")) != 0 &&
            strncmp(name + i, "()(", strlen("()(")) != 0)
            end = i;
        depth -= name[i] == ')' && depth > 0;
    }
    return end;
}

struct text_span text_plain_name(const char *name) {
    const size_t size = without_arguments(name);
    size_t depth = 0;
    if (strstr(name, "operator") != NULL)
        return (struct text_span){name, size};
    for (size_t i = size; i-- > 0;) {
        depth += name[i] == '>' || name[i] == ')';
        depth -= (name[i] == '<' || name[i] == '(') && depth > 0;
        if (name[i] == ' ' && depth == 0)
            return (struct text_span){name + i + 1, size - i - 1};
    }
    return (struct text_span){name, size};
}

void text_show_long_names(void) {
    has_long_names = true;
}

void text_print_name(FILE *out, const char *name) {
    char *shorter = has_long_names ? NULL : short_name(name);
    text_print(out, shorter == NULL ? name : shorter);
    free(shorter);
}

void text_print_place(FILE *out, const char *file, int64_t line) {
    if (file[0] == '\0')
        return;
    fputs("  ", out);
    text_print(out, file);
    if (line > 0)
        fprintf(out, ":%" PRId64, line);
}

const char *text_base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}
