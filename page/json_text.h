/* SPDX-License-Identifier: MIT */
/*
 * JSON through jansson for text that may not be UTF-8: names come from symbol tables and files.
 * Used wherever JSON is printed.
 */
#ifndef CINSTR_PAGE_JSON_TEXT_H
#define CINSTR_PAGE_JSON_TEXT_H

#include <jansson.h>
#include <stdio.h>

#include "reader/base/error.h"

/* A string; if the text is not UTF-8, its bytes beyond ASCII become '?'. */
json_t *json_text(const char *text);

/* Sets `key`, which need not be UTF-8 either, to `value`, and takes `value` over. */
void json_set_text(json_t *object, const char *key, json_t *value);

/* Prints the value in ASCII and a newline, and frees it. -1 with `error` filled when it is NULL
 * or cannot be printed. */
int json_print(FILE *out, json_t *value, struct error *error);

#endif
