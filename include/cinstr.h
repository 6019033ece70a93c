/* SPDX-License-Identifier: MIT */
/*
 * cinstr: the public interface, for C and C++ programs that want more than a profile at exit.
 *
 * The recorder is the library libcinstr inside the program. It records calls of instrumented
 * functions: those that were compiled with hooks (`cinstr cc`, -finstrument-functions). A calling
 * context is a function with the calls that led to it; a profile is a pprof file. Options come from
 * the environment variable CINSTR_OPTIONS, see cinstr(3).
 *
 * Every function may be called in a program of which nothing is instrumented, and where the
 * recorder is off (a set-user-ID program, no memory). It then does nothing and returns as stated.
 *
 * Functions that return int return 0 on success, and -1 with errno set on failure; each says which
 * errors it sets. "Thread-safe": any threads may call it at the same time. "Async-signal-safe": a
 * signal handler may call it.
 */
#ifndef CINSTR_H
#define CINSTR_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Written before a function's definition, these say how its calls are recorded: timed, only
 * counted, or not at all. The plugin for clang obeys all three; its option -cinstr-list may
 * override them, but cannot record what CINSTR_SKIP left out. The hooks of gcc and of clang itself
 * obey CINSTR_SKIP alone. */
#ifdef __clang__
#define CINSTR_TIME  __attribute__((annotate("cinstr:time")))
#define CINSTR_COUNT __attribute__((annotate("cinstr:count")))
#define CINSTR_SKIP  __attribute__((annotate("cinstr:skip"), no_instrument_function))
#else
#define CINSTR_TIME
#define CINSTR_COUNT
#define CINSTR_SKIP __attribute__((no_instrument_function))
#endif

/* Starts recording in all threads. Recording is on from the start unless CINSTR_OPTIONS has
 * start=0. Calls that are open at this moment are not counted. Thread-safe; async-signal-safe. */
void cinstr_start(void);

/* Stops recording in all threads. In another thread a hook that is running, and at most one more,
 * may still be recorded. From then on a hook costs a test and a call. Thread-safe;
 * async-signal-safe. */
void cinstr_stop(void);

/* Sets all counts and times to zero, in all threads. Calls that are open stay open: their time
 * counts from now on, but they are not counted as calls again. Readers see the reset at once; each
 * thread carries it out before it records its next call. Thread-safe; async-signal-safe. */
void cinstr_reset(void);

/* Writes a profile of everything recorded so far, as gzip'd pprof.
 *   kind  which profile, not NULL:
 *         "exact"   one sample for each calling context
 *         "edges"   one sample for each pair of caller and callee
 *         "cpu"     what was sampled by CPU time, "wall" by wall time (option sample=)
 *         "heap"    memory in use, "allocs" memory allocated since the start, by the context that
 *                   allocated it (option heap=)
 *         "block"   waits by the context that waited (option block=)
 *         "mutex"   waits by the context that held the lock (option mutex=)
 *   fd    a descriptor open for writing; it stays open
 * Other threads keep running and recording. Another process writes the profile (cinstr-writer,
 * beside libcinstr.so.0); the calling thread waits for it, and gets no signals in the meantime.
 * Thread-safe; not async-signal-safe.
 * Errors: EINVAL (no such kind), ENOTSUP (nothing of that kind is recorded), EIO (the profile could
 * not be made or written; a line on standard error says why). */
int cinstr_write_profile(const char *kind, int fd);

/* The same, into the file `path` (not NULL). An existing file keeps its mode and is replaced once
 * the profile is complete; a new one gets mode 0666 less the umask. A symbolic link is followed. A
 * device or a pipe is written to; this waits until somebody reads the pipe. Errors: those above,
 * EINVAL (path is NULL), and those of opening, closing and renaming a file. */
int cinstr_write_profile_to(const char *kind, const char *path);

/* The same as cinstr_write_profile("heap", fd). */
int cinstr_write_heap_profile(int fd);

/* Serves this process's profiles over HTTP: everything that Go's net/http/pprof has at
 * /debug/pprof/, and more, for `go tool pprof` and browsers.
 *   address  where to listen, not NULL: "localhost:6060"; "127.0.0.1:0" (any free port); ":6060"
 *            (this machine only); "unix:/path" (this user only). With another host name or address
 *            anyone who can reach it can read the profiles.
 * Prints the address on standard error, and serves on threads of its own until the process ends. A
 * child of fork() does not serve, but may call this again. The option http=, and linking with
 * -lcinstr_http, do the same at the start. Thread-safe, except for two calls at the same time; not
 * async-signal-safe.
 * Errors: EINVAL (address is NULL), EALREADY (the process serves already), ENOTSUP (nothing is
 * recorded), EIO (it cannot listen there; a line on standard error says why). */
int cinstr_http_serve(const char *address);

/* Puts a label on whatever the calling thread does from now on. pprof shows it as the tag
 * key=value. A thread has at most one label; a new one replaces it.
 *   key    up to 63 characters, not NULL
 *   value  up to 191 characters; NULL removes the label
 * Both are copied. Calls that are open are split: their counts and time so far stay without the new
 * label. A process can have 255 different labels. Thread-safe; not async-signal-safe.
 * Errors: EINVAL (key is NULL, or a text is too long), ENOSPC (too many labels), ENOTSUP (nothing
 * is recorded). */
int cinstr_set_label(const char *key, const char *value);

/* Both write into the trace of the calling thread (option trace=). cinstr_trace_event() marks a
 * moment; cinstr_trace_value() records that something has that value from now on, which is drawn as
 * a curve.
 *   name   up to 191 characters, not NULL; it is copied
 *   value  its low 58 bits are kept, as a signed number
 * A process can have 255 different names and labels. Thread-safe; not async-signal-safe.
 * Errors: EINVAL (name is NULL or too long), ENOSPC (too many names), ENOTSUP (there is no trace).
 */
int cinstr_trace_event(const char *name);
int cinstr_trace_value(const char *name, long long value);

/* Tells the recorder about a stack that the program is going to switch to by hand, for a
 * coroutine: the bytes from `low` (included) to `high` (excluded). Stacks given to makecontext()
 * need no such call. Call this before the first switch to the stack, and again whenever the memory
 * is used for another coroutine. It does nothing if low is not below high. Thread-safe; not
 * async-signal-safe. */
void cinstr_stack_switch(void *low, void *high);

/* Returns the version of the library, "major.minor.patch", in static memory; never NULL. */
const char *cinstr_version(void);

#ifdef __cplusplus
}
#endif
#endif
