/* SPDX-License-Identifier: MIT */
/*
 * The pages that page/build.mjs made when cinstr was built: each is an HTML file that shows one
 * JSON document and loads nothing else. Called by whoever writes or serves one.
 */
#ifndef CINSTR_PAGE_TEMPLATE_H
#define CINSTR_PAGE_TEMPLATE_H

#include <stddef.h>

#include "reader/base/error.h"

struct page_template {
    const char *head, *tail; /* the parts before and after the data */
    size_t head_size, tail_size;
};

enum page_name { PAGE_COMPARE, PAGE_DIFF, PAGE_GROWTH, PAGE_REPORT };

/* -1 with `error` filled when cinstr was built without its pages. */
int page_template_find(struct page_template *template, enum page_name name, struct error *error);

#endif
