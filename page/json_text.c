/* SPDX-License-Identifier: MIT */
/*
 * See json_text.h. jansson refuses strings that are not UTF-8, and one strange name must not cost a
 * report a row.
 */
#include "json_text.h"

#include <stdlib.h>
#include <string.h>

static char *ascii_copy(const char *text) {
    char *copy = strdup(text);
    for (char *at = copy; copy != NULL && *at != '\0'; at++) {
        if ((unsigned char)*at >= 0x80)
            *at = '?';
    }
    return copy;
}

json_t *json_text(const char *text) {
    json_t *string = json_string(text);
    if (string != NULL)
        return string;
    char *copy = ascii_copy(text);
    string = copy == NULL ? NULL : json_string(copy);
    free(copy);
    return string;
}

void json_set_text(json_t *object, const char *key, json_t *value) {
    json_incref(value);
    if (json_object_set_new(object, key, value) != 0) {
        char *copy = ascii_copy(key);
        if (copy != NULL)
            json_object_set(object, copy, value);
        free(copy);
    }
    json_decref(value);
}

int json_print(FILE *out, json_t *value, struct error *error) {
    if (value == NULL)
        return error_set(error, "not enough memory to write JSON");
    int result = json_dumpf(value, out, JSON_INDENT(1) | JSON_ENSURE_ASCII);
    json_decref(value);
    if (result != 0)
        return error_set(error, "cannot write JSON");
    putc('\n', out);
    return 0;
}
