/* SPDX-License-Identifier: MIT */
/* Text within XML. Names come from symbol tables and may contain anything. Used wherever XML is
 * written. */
#ifndef CINSTR_CLI_XML_TEXT_H
#define CINSTR_CLI_XML_TEXT_H

#include <stdio.h>

/* Prints `text` as content or as the value of an attribute. Bytes that are not UTF-8, and
 * characters that XML does not allow, become '?'. */
void xml_text(FILE *out, const char *text);

#endif
