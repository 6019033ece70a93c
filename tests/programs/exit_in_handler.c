/* SPDX-License-Identifier: MIT */
/*
 * Promise: a signal handler may end the program by exit(7), whatever it interrupts, as it may
 * without the recorder. Arguments: WHAT is interrupted (malloc; threads that begin and end; fork;
 * label: the recorder's own work), and how many MORE threads allocate meanwhile.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cinstr.h>

#pragma weak cinstr_set_label

static void handler(int number) {
    (void)number;
    exit(7);
}

static void churn(size_t size) {
    void *volatile p = malloc(size), *volatile q = malloc(size * 2), *volatile r = malloc(24);
    free(p);
    free(q);
    free(r);
}

static void *churn_on(void *argument) {
    for (size_t i = 0;; i++)
        churn(16 + i % 5000);
    return argument;
}

static void *end_at_once(void *argument) {
    churn(24);
    return argument;
}

static void interrupted(const char *what, size_t i) {
    static const char *const values[] = {"one", "two", NULL};
    pthread_t thread;
    if (strcmp(what, "threads") == 0 && pthread_create(&thread, NULL, end_at_once, NULL) == 0)
        pthread_join(thread, NULL);
    if (strcmp(what, "label") == 0 && cinstr_set_label != NULL)
        cinstr_set_label("key", values[i % 3]);
    if (strcmp(what, "fork") == 0) {
        const pid_t pid = fork();
        if (pid == 0) {
            churn(24);
            exit(0);
        }
        waitpid(pid, NULL, 0);
    }
    churn(16 + i % 9000);
}

int main(int argc, char **argv) {
    const struct itimerval soon = {{0, 0}, {0, 2000 + getpid() % 5000}};
    const int more = argc > 2 ? atoi(argv[2]) : 0;
    pthread_t thread;
    sigset_t alarm;
    if (argc < 2)
        return 2;
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &alarm, NULL);
    for (int i = 0; i < more; i++)
        pthread_create(&thread, NULL, churn_on, NULL);
    pthread_sigmask(SIG_UNBLOCK, &alarm, NULL);
    signal(SIGALRM, handler);
    setitimer(ITIMER_REAL, &soon, NULL);
    for (size_t i = 0;; i++)
        interrupted(argv[1], i);
}
