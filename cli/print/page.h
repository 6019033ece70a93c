/* SPDX-License-Identifier: MIT */
/*
 * A page written into a file, with its data in it. Data comes from profiles and is untrusted: it
 * can end neither the element that it stands in nor the text.
 */
#ifndef CINSTR_CLI_PAGE_H
#define CINSTR_CLI_PAGE_H

#include "output_file.h"
#include "page/page_template.h"
#include "reader/base/error.h"

/* `print` makes the JSON of `what`, as it is; `path` is as for output_file_open(). -1 with `error`
 * filled, which names the file, and nothing left. */
int page_write(enum page_name name, const char *path, output_file_printer *print, const void *what,
               struct error *error);

#endif
