/* SPDX-License-Identifier: MIT */
/*
 * cinstr: the public interface, for programs that want more than a profile at exit. From C and C++.
 *
 * Everything here is harmless in a program of which nothing is instrumented, and where the recorder
 * is off (a set-uid program, no memory): calls then return 0 or -1 as stated and do nothing.
 *
 * Functions that return int return 0, or -1 with errno set.
 */
#ifndef CINSTR_H
#define CINSTR_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Before a function's definition: its calls are timed, only counted, or not recorded at all. The
 * plugin for clang hears all three (its list, -cinstr-list, may decide otherwise, but not record
 * what is to be skipped); gcc's and clang's own hooks hear CINSTR_SKIP alone. */
#ifdef __clang__
#define CINSTR_TIME  __attribute__((annotate("cinstr:time")))
#define CINSTR_COUNT __attribute__((annotate("cinstr:count")))
#define CINSTR_SKIP  __attribute__((annotate("cinstr:skip"), no_instrument_function))
#else
#define CINSTR_TIME
#define CINSTR_COUNT
#define CINSTR_SKIP __attribute__((no_instrument_function))
#endif

/* Begins to record calls, in all threads; it is on from the start unless CINSTR_OPTIONS has
 * start=0. Calls already open when it begins are not counted. Thread-safe; async-signal-safe. */
void cinstr_start(void);

/* Stops recording, in all threads: a hook under way in another thread, and at most one more there,
 * may still be counted. Hooks then cost a test and a call. Thread-safe; async-signal-safe. */
void cinstr_stop(void);

/* Forgets all counts and times so far, in all threads. Calls open now stay open: their time counts
 * from now on, they themselves no more. Takes effect in each thread before its next instrumented
 * call is counted, and for readers at once. Thread-safe; async-signal-safe. */
void cinstr_reset(void);

/* Writes a profile of everything recorded up to now, as gzip'd pprof.
 *   kind  "exact": one sample a calling context; "edges": one a call edge;
 *         "cpu", "wall": what was sampled by that clock (sample= of CINSTR_OPTIONS);
 *         "heap", "allocs": what is in use, what was allocated (heap=); "block", "mutex": waits, by
 *         the context that waits or the one that held the lock (block=, mutex=)
 *   fd    a descriptor open for writing; stays open
 * Other threads go on running and recording. Another process writes it (cinstr-writer, beside
 * libcinstr.so.0); the calling thread waits for that, and gets no signals meanwhile. Thread-safe;
 * not async-signal-safe. Errors: EINVAL (kind), ENOTSUP (nothing of that kind is being recorded), EIO
 * (one line on standard error says what). */
int cinstr_write_profile(const char *kind, int fd);

/* The same into a file, which is made or replaced as a whole (mode 0644, less the umask). */
int cinstr_write_profile_to(const char *kind, const char *path);

/* What is in use by the context that allocated it, as cinstr_write_profile("heap", fd). */
int cinstr_write_heap_profile(int fd);

/* Serves this process's profiles over HTTP, on threads of its own: what Go's net/http/pprof has at
 * /debug/pprof/, and more, for `go tool pprof` and browsers.
 *   address  "localhost:6060", "127.0.0.1:0" (a free port), ":6060" (this machine alone),
 *            "unix:/path" (this user alone). Any other host is open to whoever reaches it.
 * Says on standard error where, and stays until the process ends. A child of fork() does not serve;
 * it may call this again. http= of CINSTR_OPTIONS, and linking -lcinstr_http, do it at the start.
 * Thread-safe but for two calls at once; not async-signal-safe. Errors: EINVAL (NULL), EALREADY (it
 * serves), ENOTSUP (nothing is being recorded), EIO (one line on standard error says what). */
int cinstr_http_serve(const char *address);

/* Files what the calling thread does from now on under a label, shown by pprof as the tag
 * key=value. At most one label a thread; a NULL value takes it off again. Calls open now are split:
 * their time and calls up to now stay where they are. The strings are copied: keys up to 63, values
 * up to 191 characters, 255 different labels in a process. Thread-safe; not async-signal-safe.
 * Errors: EINVAL (NULL key, too long), ENOSPC (too many labels), ENOTSUP (nothing is being
 * recorded). */
int cinstr_set_label(const char *key, const char *value);

/* Marks a moment of the calling thread in the trace (trace= of CINSTR_OPTIONS); or says what some
 * value is from now on, which is shown as a curve (58 bits of it). The name is copied: up to 191
 * characters, 255 different names and labels in a process. Thread-safe; not async-signal-safe.
 * Errors: EINVAL (NULL, too long), ENOSPC (too many names), ENOTSUP (there is no trace). */
int cinstr_trace_event(const char *name);
int cinstr_trace_value(const char *name, long long value);

/* Names a stack that the program is going to switch to by hand (a coroutine of its own making): the
 * bytes from low to high. Stacks given to makecontext() are known without. To be called before the
 * first switch and whenever the memory is used for another coroutine. Thread-safe; not
 * async-signal-safe. */
void cinstr_stack_switch(void *low, void *high);

/* The library's version, "major.minor.patch". */
const char *cinstr_version(void);

#ifdef __cplusplus
}
#endif
#endif
