/* SPDX-License-Identifier: MIT */
/* Text within XML: names come from symbol tables and may be anything. Used wherever XML is written.
 */
#ifndef CINSTR_CLI_XML_TEXT_H
#define CINSTR_CLI_XML_TEXT_H

#include <stdio.h>

/* Prints `text` as content or as the value of an attribute. Bytes that are no character XML has,
 * or beyond ASCII and not UTF-8, become '?'. */
void xml_text(FILE *out, const char *text);

#endif
