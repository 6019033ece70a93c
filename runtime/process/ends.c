/* SPDX-License-Identifier: MIT */
/*
 * Where a process ends without exit(), or becomes another program: _exit() and exec. Of a fork child
 * nothing is left behind then: its calls go to its parent, or into a profile (children.h). Any other
 * process leaves its segment. A child of vfork(), who shares its parent's memory, comes here too.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "process.h"
#include "runtime/base/libc.h"
#include "runtime/base/sandbox.h"
#include "runtime/base/signals.h"
#include "runtime/base/state.h"
#include "runtime/entry/children.h"
#include "runtime/segment/segment_create.h"
#include "runtime/segment/segment_parts.h"

#define PUBLIC __attribute__((visibility("default")))

static bool is_recorded_child(void) {
    return !process_sandbox.is_there && process_state == PROCESS_UP && !process_is_forked() &&
           segment.header->forked != 0 && segment.header->state == SEGMENT_LIVE && process_is_own();
}

static bool hand_over(void) {
    const signals_mask mask = signals_block();
    const bool is_moved = children_hand_over();
    if (is_moved)
        segment_unlink();
    signals_restore(mask);
    return is_moved;
}

/* --- _exit ------------------------------------------------------------------------------------ */

static void end_child(void) {
    if (is_recorded_child() && !hand_over())
        process_end();
}

/* quick_exit() is libc's: what it calls last is ours. */
__attribute__((constructor(102))) static void watch_quick_exit(void) {
    at_quick_exit(end_child);
}

PUBLIC __attribute__((noreturn)) void _exit(int status) {
    end_child();
    for (;;)
        syscall(SYS_exit_group, (long)status);
}

PUBLIC __attribute__((noreturn)) void _Exit(int status) {
    _exit(status);
}

/* --- exec ------------------------------------------------------------------------------------- */

/* An exec may fail: then the process goes on, without what it has handed over. What cannot be
 * handed over the next program finds, or `cinstr ps`. */
static void before_exec(void) {
    const int saved = errno;
    if (is_recorded_child())
        hand_over();
    errno = saved;
}

/* NOLINTBEGIN(bugprone-macro-parentheses): they stand for declarations. */

/* Replaces a function of libc. `parameters`: as it declares them; `arguments`: their names here. */
#define EXEC(name, parameters, arguments)                                                          \
    PUBLIC int name parameters {                                                                   \
        static int(*real) parameters;                                                              \
        if (real == NULL)                                                                          \
            *(void **)&real = next_symbol(#name);                                                  \
        before_exec();                                                                             \
        return real arguments;                                                                     \
    }

EXEC(execve, (const char *path, char *const argv[], char *const envp[]), (path, argv, envp))
EXEC(execv, (const char *path, char *const argv[]), (path, argv))
EXEC(execvp, (const char *file, char *const argv[]), (file, argv))
EXEC(execvpe, (const char *file, char *const argv[], char *const envp[]), (file, argv, envp))
EXEC(fexecve, (int fd, char *const argv[], char *const envp[]), (fd, argv, envp))
EXEC(execveat, (int fd, const char *path, char *const argv[], char *const envp[], int flags),
     (fd, path, argv, envp, flags))

/* Behind the first argument, up to the NULL, which counts. */
static size_t count_arguments(va_list arguments) {
    size_t count = 1;
    while (va_arg(arguments, char *) != NULL)
        count++;
    return count;
}

static void list_arguments(char **to, const char *first, size_t count, va_list *arguments) {
    to[0] = (char *)first;
    for (size_t i = 1; i <= count; i++)
        to[i] = va_arg(*arguments, char *);
}

/* Replaces one with a list of arguments. `call` uses argv and, in execle(), envp. */
#define EXEC_LIST(name, path, next, call)                                                          \
    PUBLIC int name(const char *path, const char *first, ...) {                                    \
        va_list arguments;                                                                         \
        va_start(arguments, first);                                                                \
        const size_t count = count_arguments(arguments);                                           \
        va_end(arguments);                                                                         \
        char *argv[count + 1];                                                                     \
        va_start(arguments, first);                                                                \
        list_arguments(argv, first, count, &arguments);                                            \
        next;                                                                                      \
        va_end(arguments);                                                                         \
        return call;                                                                               \
    }

EXEC_LIST(execl, path, (void)0, execv(path, argv))
EXEC_LIST(execlp, file, (void)0, execvp(file, argv))
EXEC_LIST(execle, path, char *const *envp = va_arg(arguments, char *const *),
          execve(path, argv, envp))
/* NOLINTEND(bugprone-macro-parentheses) */
