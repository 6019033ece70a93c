/* SPDX-License-Identifier: MIT */
/*
 * The door through which the recorder reaches the server (libcinstr_http.so.0), which it loads when
 * a program wants its profiles served by itself. See cinstr_http_serve() in cinstr.h.
 */
#ifndef CINSTR_HTTP_H
#define CINSTR_HTTP_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cinstr_http_program {
    const void *segment; /* this process's, as long as it lives */
    size_t size;
    void (*refresh)(void); /* brings the segment up to date; thread-safe */
    /* Runs something on a thread of its own, made by the program's C library, that takes no signals
     * and that nobody joins; 0 when there is none, else 1. */
    int (*spawn)(void (*run)(void *argument), void *argument);
};

/* Serves the process's profiles at `address`, on threads that the program makes for it, with a table
 * of descriptors that is not the program's. Returns 0 with the address as an URL in `text`; or -1
 * with one line, without a newline, there. To be called once; not signal-safe. It ends when the
 * library's destructor runs, at exit. */
int cinstr_http_start(const struct cinstr_http_program *program, const char *address, char *text,
                      size_t text_size);

#ifdef __cplusplus
}
#endif
#endif
