/* SPDX-License-Identifier: MIT */
/*
 * Gives strings their indices in a pprof file (see pprof_strings.h). Strings of a profile are
 * interned, so they are compared by address. The same text at two addresses would be in the table
 * twice, which is valid.
 */
#include "pprof_strings.h"

#include <stdlib.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

struct pprof_string {
    UT_hash_handle hh;
    const char *text;
    int64_t index;
};

static bool append(struct pprof_strings *strings, const char *text) {
    if (strings->count == strings->capacity) {
        size_t wanted = strings->capacity == 0 ? 64 : strings->capacity * 2;
        char **grown = reallocarray(strings->texts, wanted, sizeof(*grown));
        if (grown == NULL)
            return false;
        strings->texts = grown;
        strings->capacity = wanted;
    }
    /* protobuf-c's messages hold char *, and do not write through it when packing. */
    strings->texts[strings->count++] = (char *)(uintptr_t)text;
    return true;
}

bool pprof_strings_begin(struct pprof_strings *strings) {
    return append(strings, "");
}

static struct pprof_string *add(struct pprof_strings *strings, const char *text) {
    struct pprof_string *string = profile_arena_take(&strings->arena, sizeof(*string));
    if (string == NULL || !append(strings, text))
        return NULL;
    string->text = text;
    string->index = (int64_t)strings->count - 1;
    HASH_ADD_PTR(strings->table, text, string);
    return string->hh.tbl == NULL ? NULL : string;
}

int64_t pprof_string_index(struct pprof_strings *strings, const char *text) {
    if (text == NULL || text[0] == '\0')
        return 0;
    struct pprof_string *string = NULL;
    HASH_FIND_PTR(strings->table, &text, string);
    if (string == NULL)
        string = add(strings, text);
    if (string == NULL) {
        strings->failed = true;
        return 0;
    }
    return string->index;
}

void pprof_strings_free(struct pprof_strings *strings) {
    HASH_CLEAR(hh, strings->table);
    free(strings->texts);
    profile_arena_free(&strings->arena);
    *strings = (struct pprof_strings){0};
}
