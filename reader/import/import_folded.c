/* SPDX-License-Identifier: MIT */
/*
 * Folded stacks, as flame graphs take them: `main;parse;read 42`, outermost first. A suffix for the
 * kind of frame (`_[k]`, `_[j]`, `_[i]`, `_[p]`) is not part of the name. Format: Gregg,
 * FlameGraph's stackcollapse programs.
 */
#include <stdlib.h>
#include <string.h>

#include "import_format.h"

/* The position after the last blank; NULL: there is none. */
static const char *find_count(const struct import_line *line) {
    const char *end = line->text + line->length;
    while (end > line->text && end[-1] != ' ')
        end--;
    return end > line->text ? end : NULL;
}

static bool read_count(const struct import_line *line, const char *text, uint64_t *count) {
    const char *end = line->text + line->length;
    return import_number(&text, end, 10, count) && text == end && *count <= INT64_MAX;
}

static bool sniff(const char *data, size_t size) {
    const struct import import = {.data = data, .size = size};
    struct import_line line = {0};
    uint64_t count;
    while (import_next_line(&import, &line)) {
        const char *text = find_count(&line);
        if (line.length == 0)
            continue;
        return line.text[0] != ' ' && line.text[0] != '\t' && text != NULL &&
               read_count(&line, text, &count);
    }
    return false;
}

static uint32_t add_frame(struct profile *profile, const char *text, size_t length) {
    uint32_t location;
    char *name;
    if (length > 4 && text[length - 4] == '_' && text[length - 3] == '[' && text[length - 1] == ']')
        length -= 4;
    name = strndup(text, length);
    if (name == NULL)
        return PROFILE_NONE;
    location =
        import_named_frame(profile, PROFILE_NONE, name[0] == '\0' ? "[unknown]" : name, "", 0);
    free(name);
    return location;
}

static int add_stack(struct import *import, struct index_stack *stack, const char *text,
                     const char *end, uint64_t count) {
    int64_t value = (int64_t)count;
    stack->depth = 0;
    while (text <= end) {
        const char *semicolon = memchr(text, ';', (size_t)(end - text));
        const char *stop = semicolon == NULL ? end : semicolon;
        if (import_push(stack, add_frame(import->profile, text, (size_t)(stop - text))) != 0)
            return -1;
        text = stop + 1;
    }
    import_reverse(stack);
    return profile_add_sample(import->profile, &(struct profile_sample){.depth = stack->depth,
                                                                        .locations = stack->items,
                                                                        .values = &value}) ==
                   PROFILE_NONE
               ? -1
               : 0;
}

static int read_folded(struct import *import, struct error *error) {
    struct index_stack stack = {0};
    struct import_line line = {0};
    int result = import_begin_samples(import, 0) == 0 ? 0 : import_out_of_memory(error);
    while (result == 0 && import_next_line(import, &line)) {
        const char *count_text = find_count(&line);
        uint64_t count;
        if (line.length == 0)
            continue;
        if (count_text == NULL || !read_count(&line, count_text, &count))
            result = import_bad_line(import, &line, error, "no count behind the stack");
        else if (add_stack(import, &stack, line.text, count_text - 1, count) != 0)
            result = import_bad_line(import, &line, error, "too deep, too many, or out of memory");
    }
    if (result == 0 && import->profile->sample_count == 0)
        result = import_bad_line(import, &line, error, "ends without a stack");
    free(stack.items);
    return result;
}

const struct import_format import_folded = {"folded", sniff, read_folded};
