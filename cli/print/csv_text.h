/* SPDX-License-Identifier: MIT */
/* Text within CSV (RFC 4180): names come from symbol tables and may be anything. Used wherever CSV
 * is written. */
#ifndef CINSTR_CLI_CSV_TEXT_H
#define CINSTR_CLI_CSV_TEXT_H

#include <stdio.h>

/* Prints `text` as a field, quoted if need be. Control characters, which the format has no place
 * for, become '?'. */
void csv_text(FILE *out, const char *text);

#endif
