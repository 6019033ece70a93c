/* SPDX-License-Identifier: MIT */
/*
 * See run_child.h. The child stays in this process's group, so that a terminal's signals reach it
 * directly; only signals that were sent to this process are passed on. All signals are blocked and
 * taken one by one: there are no handlers.
 */
#include "run_child.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void fill_signals(sigset_t *signals) {
    static const int passed_on[] = {SIGINT,  SIGQUIT, SIGTERM, SIGHUP,
                                    SIGUSR1, SIGUSR2, SIGTSTP, SIGCONT};
    sigemptyset(signals);
    sigaddset(signals, SIGCHLD);
    for (size_t i = 0; i < sizeof(passed_on) / sizeof(passed_on[0]); i++)
        sigaddset(signals, passed_on[i]);
}

static int spawn(char **argv, const posix_spawn_file_actions_t *files, const sigset_t *mask,
                 pid_t *pid) {
    posix_spawnattr_t attributes;
    int result = posix_spawnattr_init(&attributes);
    if (result != 0)
        return result;
    posix_spawnattr_setsigmask(&attributes, mask);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    result = posix_spawnp(pid, argv[0], files, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    return result;
}

/* Whether the child has ended. If it stops, so do we, so that a shell notices. */
static bool look_after(pid_t pid, int *status) {
    for (;;) {
        const pid_t found = waitpid(pid, status, WNOHANG | WUNTRACED);
        if (found < 0 && errno == EINTR)
            continue;
        if (found != pid)
            return false;
        if (!WIFSTOPPED(*status))
            return true;
        raise(SIGSTOP);
        kill(pid, SIGCONT);
    }
}

static void wait_for(pid_t pid, const sigset_t *signals, int *status) {
    while (!look_after(pid, status)) {
        siginfo_t info;
        const int number = sigwaitinfo(signals, &info);
        const bool was_sent = info.si_code <= 0 || number == SIGCONT;
        if (number > 0 && number != SIGCHLD && was_sent)
            kill(pid, number);
    }
}

int run_child(char **argv, const posix_spawn_file_actions_t *files, pid_t *pid, int *status) {
    sigset_t signals, before;
    /* SIGCHLD may be ignored by inheritance; then there would be nothing to wait for. */
    signal(SIGCHLD, SIG_DFL);
    fill_signals(&signals);
    sigprocmask(SIG_BLOCK, &signals, &before);
    const int result = spawn(argv, files, &before, pid);
    if (result == 0)
        wait_for(*pid, &signals, status);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return result;
}

int run_child_status(int status) {
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    const int number = WTERMSIG(status);
    sigset_t signals;
    /* This process writes no core file: the child has written one. */
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    signal(number, SIG_DFL);
    sigemptyset(&signals);
    sigaddset(&signals, number);
    sigprocmask(SIG_UNBLOCK, &signals, NULL);
    raise(number);
    return 128 + number;
}
