/* SPDX-License-Identifier: MIT */
/*
 * Pages: one HTML file that shows one JSON document, and loads nothing else. The templates are made
 * of page/ when cinstr is built (page/build.mjs) and are part of the command. Data comes from
 * profiles and is untrusted: it can end neither the element that it stands in nor the text.
 */
#ifndef CINSTR_CLI_PAGE_H
#define CINSTR_CLI_PAGE_H

#include <stddef.h>
#include <stdio.h>

#include "error.h"
#include "output_file.h"

struct page_template {
    const char *head, *tail; /* what stands before and behind the data */
    size_t head_size, tail_size;
};

enum page_name { PAGE_COMPARE, PAGE_REPORT };

/* -1 with `error` filled when this command was built without its pages. */
int page_template_find(struct page_template *template, enum page_name name, struct error *error);

struct page {
    struct page_template template;
    struct output_file file;
    FILE *data; /* where the JSON goes, as it is */
    FILE *out;
};

/* `path` as for output_file_open(). What was begun is ended by one of the other two. */
int page_begin(struct page *page, enum page_name name, const char *path, struct error *error);
int page_finish(struct page *page, struct error *error);
void page_discard(struct page *page);

#endif
