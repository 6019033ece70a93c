/* SPDX-License-Identifier: MIT */
/*
 * How the recorder calls the server, libcinstr_http.so.0. It loads that library when a program
 * serves its own profiles: cinstr_http_serve() in cinstr.h. The library lies in a linker namespace
 * of its own and must not make threads with its own C library: it asks the program for them.
 */
#ifndef CINSTR_HTTP_H
#define CINSTR_HTTP_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cinstr_http_program {
    const void *segment;   /* this process's segment; stays mapped as long as the process lives */
    size_t size;           /* bytes of the segment */
    void (*refresh)(void); /* brings the segment up to date; thread-safe; not NULL */
    /* Calls run(argument) on a new thread that the program's C library makes. The thread takes
     * no signals and is never joined. Returns 1, or 0 if no thread can be made. Not NULL. */
    int (*spawn)(void (*run)(void *argument), void *argument);
};

/* Serves the process's profiles on threads that program->spawn() makes, with a table of descriptors
 * that is not the program's.
 *   program    not NULL; it and what it points to must live as long as the process
 *   address    see cinstr_http_serve(); not NULL; it is copied
 *   text       not NULL; receives a NUL-terminated text, cut to text_size bytes: the address as a
 *              URL, or one line without a newline that says what failed
 *   text_size  at least 1
 * Returns 0, or -1 on failure. Call it once. Not thread-safe, not async-signal-safe. The server
 * ends when the library's destructor runs, at exit. */
int cinstr_http_start(const struct cinstr_http_program *program, const char *address, char *text,
                      size_t text_size);

#ifdef __cplusplus
}
#endif
#endif
