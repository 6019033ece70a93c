/* SPDX-License-Identifier: MIT */
/*
 * Writes a page with its data into a file. The data comes from profiles and is untrusted: it can
 * end neither the script element that it stands in nor any text.
 */
#ifndef CINSTR_CLI_PAGE_H
#define CINSTR_CLI_PAGE_H

#include "output_file.h"
#include "page/page_template.h"
#include "reader/base/error.h"

/* Writes a page with the JSON that `print` makes of `what`; `path` is as for output_file_open(). -1
 * with `error` filled, which names the file, and no file left behind. */
int page_write(enum page_name name, const char *path, output_file_printer *print, const void *what,
               struct error *error);

#endif
