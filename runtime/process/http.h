/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_PROCESS_HTTP_H
#define CINSTR_RUNTIME_PROCESS_HTTP_H

/* Starts serving at the address of http=. */
void http_begin(void);

#endif
