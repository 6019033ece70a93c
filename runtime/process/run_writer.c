/* SPDX-License-Identifier: MIT */
/*
 * The process that is about to end, or whose program wants a profile, stands still while another
 * writes it. Between the two there is a third, the writer's parent: a bare clone() of this thread,
 * on a stack of its own, that shares its memory and whose end sends no signal. So the program's
 * wait() and waitpid(-1) do not find it, no SIGCHLD comes, and what the writer leaves behind is
 * reaped by the one in between. Whoever has locked what, or brought an allocator along, is no
 * matter here: between clone() and exec there are system calls alone.
 */
#include "run_writer.h"

#include <cinstr/segment.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/clone.h"
#include "runtime/base/message.h"
#include "runtime/base/state.h"
#include "runtime/segment/segment_parts.h"
#include "send_segment.h"

#pragma weak cinstr_writer_main

static char path[512];       /* the writer's path; "": there is none */
static char *environment[2]; /* empty: what the program preloads is not meant for the writer */

static void find_beside(void) {
    char directory[sizeof(path)];
    const char *name, *slash;
    Dl_info info;
    if (dladdr((void *)&process_state, &info) == 0 || (name = info.dli_fname) == NULL ||
        (slash = strrchr(name, '/')) == NULL)
        return;
    directory[0] = '\0';
    if (name[0] != '/' && getcwd(directory, sizeof(directory)) == NULL)
        return;
    if ((size_t)snprintf(path, sizeof(path), "%s%s%.*s/" WRITER_NAME, directory,
                         name[0] == '/' ? "" : "/", (int)(slash - name), name) >= sizeof(path))
        path[0] = '\0';
}

void writer_find(void) {
    static char is_writer[] = WRITER_VARIABLE "=1";
    if (cinstr_writer_main == NULL) {
        find_beside();
        return;
    }
    strcpy(path, "/proc/self/exe");
    environment[0] = is_writer;
}

void writer_be(int argc, char **argv) {
    if (cinstr_writer_main != NULL && getauxval(AT_SECURE) == 0 && getenv(WRITER_VARIABLE) != NULL)
        syscall(SYS_exit_group, (long)cinstr_writer_main(argc, argv));
}

/* --- the processes ---------------------------------------------------------------------------- */

enum { STACK = 64 << 10, MOST_ARGUMENTS = 2 + 3 * WRITER_MOST_REQUESTS };

/* Shared by all three processes up to exec. Where an emulator copies memory instead, the exit
 * statuses are used. */
struct run {
    char *arguments[MOST_ARGUMENTS + 1];
    char input_text[12];
    int input, to_writer; /* descriptors of those two; -1: the segment is a file, as it is */
    int given;            /* a descriptor that the writer writes to; -1 none */
    char *stack;
    signals_mask mask; /* the program's signal mask */
    int failure;       /* errno of a failure; 0 none */
    int status;        /* the writer's status, from wait4(); -1: it did not run */
};

/* In the kernel's format. */
struct kernel_action {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)(void);
    uint64_t mask;
};

/* A signal that the program handles does not end the program, and must not end its writer. */
static void ignore_handled(void) {
    struct kernel_action action;
    for (int number = 1; number <= 64; number++) {
        if (number == SIGCHLD ||
            syscall(SYS_rt_sigaction, number, NULL, &action, sizeof(action.mask)) != 0 ||
            action.handler == SIG_DFL || action.handler == SIG_IGN)
            continue;
        action = (struct kernel_action){.handler = SIG_IGN};
        syscall(SYS_rt_sigaction, number, &action, NULL, sizeof(action.mask));
    }
}

/* Runs in the writer's process before exec. */
static int become_writer(void *argument) {
    struct run *run = argument;
    if (run->to_writer >= 0)
        syscall(SYS_close, run->to_writer);
    if (run->given >= 0)
        syscall(SYS_fcntl, run->given, F_SETFD, 0);
    ignore_handled();
    signals_restore(run->mask);
    syscall(SYS_execve, path, run->arguments, environment);
    run->failure = errno;
    return WRITER_FAILED;
}

static bool open_file(struct run *run) {
    if (segment.path[0] == '\0' || segment.header->nodes_in_memory_from != 0)
        return false;
    run->input = (int)syscall(SYS_openat, AT_FDCWD, segment.path, O_RDONLY | O_NOFOLLOW, 0);
    return run->input >= 0;
}

static bool open_pipe(struct run *run) {
    int ends[2];
    if (syscall(SYS_pipe2, ends, 0) != 0)
        return false;
    run->input = ends[0];
    run->to_writer = ends[1];
    return true;
}

/* Opens the standard descriptors that the program has closed. */
static bool move_input(struct run *run) {
    const int lowest = run->input;
    if (lowest <= STDERR_FILENO) {
        run->input = (int)syscall(SYS_fcntl, lowest, F_DUPFD, STDERR_FILENO + 1);
        syscall(SYS_close, lowest);
    }
    snprintf(run->input_text, sizeof(run->input_text), "%d", run->input);
    return run->input >= 0;
}

static void wait_for(long pid, int *status, int flags) {
    while (syscall(SYS_wait4, pid, status, flags, NULL) < 0 && errno == EINTR) {
    }
}

/* The program may have reached its limit of open files; it does not apply to the writer. */
static void raise_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
        return;
    limit.rlim_cur = limit.rlim_max;
    syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &limit, NULL);
}

/* The process in between. It has descriptors and signal dispositions of its own. */
static int be_between(void *argument) {
    const struct kernel_action usual = {.handler = SIG_DFL};
    struct run *run = argument;
    syscall(SYS_rt_sigaction, SIGCHLD, &usual, NULL, sizeof(usual.mask));
    raise_limit();
    if (run->given != STDERR_FILENO && !message_is_welcome())
        syscall(SYS_close, STDERR_FILENO);
    if ((!open_file(run) && !open_pipe(run)) || !move_input(run)) {
        run->failure = errno;
        return WRITER_FAILED;
    }
    const long writer = clone_with_stack(CLONE_VM | CLONE_VFORK | SIGCHLD, run->stack + STACK / 2,
                                         become_writer, run);
    if (writer < 0) {
        run->failure = errno;
        return WRITER_FAILED;
    }
    if (run->to_writer >= 0) {
        syscall(SYS_close, run->input);
        send_segment(run->to_writer);
        syscall(SYS_close, run->to_writer);
    }
    wait_for(writer, &run->status, 0);
    return run->status == 0 ? WRITER_DONE : WRITER_FAILED;
}

/* An emulator may not know children that send no signal. Then wait() may find it, but it works. */
static void run_between(struct run *run) {
    int status = -1;
    long between = clone_with_stack(CLONE_VM | CLONE_VFORK, run->stack + STACK, be_between, run);
    if (between < 0 && errno == EINVAL)
        between =
            clone_with_stack(CLONE_VM | CLONE_VFORK | SIGCHLD, run->stack + STACK, be_between, run);
    if (between < 0)
        run->failure = errno;
    else
        wait_for(between, &status, __WALL);
    if (status == 0) /* known also where memory is not shared */
        run->status = 0;
}

static void tell(const struct run *run) {
    if (run->failure != 0)
        message("cannot write a profile: cannot run %s: %s", path, strerrordesc_np(run->failure));
    else if (run->status != -1 && WIFSIGNALED(run->status))
        message("cannot write a profile: %s was killed by signal %d", path, WTERMSIG(run->status));
}

static void fill_arguments(struct run *run, const struct writer_request *requests, size_t count,
                           char hows[][2]) {
    char **to = run->arguments;
    *to++ = path;
    *to++ = run->input_text;
    for (size_t i = 0; i < count; i++) {
        hows[i][0] = (char)requests[i].how;
        hows[i][1] = '\0';
        *to++ = (char *)requests[i].kind;
        *to++ = hows[i];
        *to++ = (char *)requests[i].name;
        if (requests[i].how == WRITER_DESCRIPTOR)
            run->given = (int)strtoul(requests[i].name, NULL, 10);
    }
    *to = NULL;
}

bool writer_run(const struct writer_request *requests, size_t count, signals_mask mask) {
    struct run run = {.input = -1, .to_writer = -1, .given = -1, .mask = mask, .status = -1};
    char hows[WRITER_MOST_REQUESTS][2];
    if (path[0] == '\0') {
        message("cannot write a profile: a static program needs libcinstr_reader.a for that");
        return false;
    }
    fill_arguments(&run, requests, count, hows);
    run.stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (run.stack == MAP_FAILED) {
        message("cannot write a profile: no memory");
        return false;
    }
    run_between(&run);
    munmap(run.stack, STACK);
    tell(&run);
    return run.status == 0;
}
