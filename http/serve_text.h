/* SPDX-License-Identifier: MIT */
/* Profiles and names as text, for people with a browser. Called by the endpoints. */
#ifndef CINSTR_HTTP_SERVE_TEXT_H
#define CINSTR_HTTP_SERVE_TEXT_H

#include <stdio.h>

#include "reader/profile/profile.h"
#include "reader/snapshot/snapshot.h"
#include "reader/symbols/symbols.h"

/* Text like Go's ?debug=1: a head, then for each stack its values and addresses, and its frames. */
void serve_text_profile(FILE *out, const struct profile *profile, const char *name);

/* Text like Go's /symbol: the names of addresses, "0x1+0x2", in a query with blanks for '+'.
 * Addresses in no module are left out. */
void serve_text_symbols(FILE *out, const struct snapshot *snapshot, struct symbols *symbols,
                        const char *addresses);

/* Escapes markup. */
void serve_text_html(FILE *out, const char *text);

#endif
