/* SPDX-License-Identifier: MIT */
/*
 * A page written into a file, with its data in it. Data comes from profiles and is untrusted: it
 * can end neither the element that it stands in nor the text.
 */
#ifndef CINSTR_CLI_PAGE_H
#define CINSTR_CLI_PAGE_H

#include <stddef.h>
#include <stdio.h>

#include "output_file.h"
#include "page/page_template.h"
#include "reader/base/error.h"

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
