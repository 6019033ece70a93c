/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_PROCESS_HTTP_H
#define CINSTR_RUNTIME_PROCESS_HTTP_H

/* Serves where http= says. */
void http_begin(void);

#endif
