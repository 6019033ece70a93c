/* SPDX-License-Identifier: MIT */
/*
 * How the recorder calls the server (libcinstr_http.so.0), which it loads when a program is to
 * serve its profiles itself: cinstr_http_serve() in cinstr.h. The library lies in a linker
 * namespace of its own, so it makes no threads but asks the program for them.
 */
#ifndef CINSTR_HTTP_H
#define CINSTR_HTTP_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cinstr_http_program {
    const void *segment; /* this process's segment; it stays as long as the process */
    size_t size;
    void (*refresh)(void); /* Brings the segment up to date. Thread-safe; not NULL. */
    /* Calls run(argument) on a new thread that the program's C library makes. The thread takes
     * no signals and is never joined. Returns 1, or 0 when no thread can be made. Not NULL. */
    int (*spawn)(void (*run)(void *argument), void *argument);
};

/* Serves the process's profiles at `address` (see cinstr_http_serve()), on threads that
 * program->spawn() makes, with a table of descriptors that is not the program's. `program` and what
 * it points to have to stay. Returns 0 and the address as a URL in `text` (`text_size` bytes,
 * NUL-terminated); or -1 and one line, without a newline, that says why. Call it once. Not
 * thread-safe, not async-signal-safe. The server ends when the library's destructor runs, at exit.
 */
int cinstr_http_start(const struct cinstr_http_program *program, const char *address, char *text,
                      size_t text_size);

#ifdef __cplusplus
}
#endif
#endif
