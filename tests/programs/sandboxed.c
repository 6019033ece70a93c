/* SPDX-License-Identifier: MIT */
/*
 * `sandboxed HOW`: works in a sandbox, for more than a time slice, in many contexts, and deeply.
 *   strict, strict-call  seccomp's strict mode by prctl() or seccomp()
 *   kill, kill-call      a filter that kills all but what the program needs, by prctl() or seccomp()
 *   threads              kill, but the filter allows to create threads; two of them work
 *   all                  kill, for all threads (TSYNC): two were at work before
 *   refuse               a filter that refuses all other calls with an error
 *   lax                  a filter that kills at ptrace() alone
 *   probe                tests whether the kernel has seccomp, as programs do, and works without it
 *   clock                no sandbox, but gives up the clock (PR_SET_TSC)
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOINLINE    __attribute__((noinline))
#define HIDDEN      __attribute__((no_instrument_function))
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static volatile int sum;

NOINLINE void leaf(int n) {
    for (volatile int i = 0; i < n; i = i + 1)
        sum = sum + i;
}

NOINLINE int deep(int n) {
    leaf(1);
    return n > 1 ? deep(n - 1) + sum : 0;
}

/* 4,096 contexts, since each level calls the next from two places. */
#define LEVEL(n, m)                                                                                \
    NOINLINE void level##n(void) {                                                                 \
        level##m();                                                                                \
        level##m();                                                                                \
    }
NOINLINE void level0(void) {
    leaf(1);
}
LEVEL(1, 0)
LEVEL(2, 1)
LEVEL(3, 2)
LEVEL(4, 3)
LEVEL(5, 4)
LEVEL(6, 5)
LEVEL(7, 6)
LEVEL(8, 7)
LEVEL(9, 8)
LEVEL(10, 9)
LEVEL(11, 10)
LEVEL(12, 11)

NOINLINE void *work(void *argument) {
    for (int i = 0; i < 200000; i++)
        leaf(300);
    level12();
    deep(3000);
    return argument;
}

static const int needed[] = {SYS_write, SYS_exit, SYS_exit_group, SYS_rt_sigreturn};
static const int for_threads[] = {
    SYS_clone,   SYS_clone3,          SYS_mmap,      SYS_mprotect,       SYS_munmap,     SYS_futex,
    SYS_madvise, SYS_set_robust_list, SYS_rseq,      SYS_rt_sigprocmask, SYS_gettid,     SYS_brk,
    SYS_getpid,  SYS_rt_sigaction,    SYS_getrandom, SYS_prlimit64,      SYS_sched_yield};

static struct sock_filter code[64];

HIDDEN static void append(unsigned short *length, struct sock_filter one) {
    code[(*length)++] = one;
}

/* System calls in the lists get the verdict `listed`, and all others `action`. */
HIDDEN static struct sock_fprog make_filter(const int *list, size_t count, const int *more,
                                            size_t more_count, unsigned listed, unsigned action) {
    struct sock_fprog program = {0, code};
    append(&program.len, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                                      offsetof(struct seccomp_data, nr)));
    for (size_t i = 0; i < count + more_count; i++) {
        const int number = i < count ? list[i] : more[i - count];
        append(&program.len,
               (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1));
        append(&program.len, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, listed));
    }
    append(&program.len, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
    return program;
}

HIDDEN static void fail(const char *what) {
    perror(what);
    exit(9);
}

HIDDEN static void install(const char *how) {
    const int ptrace[] = {SYS_ptrace};
    const int has_threads = strcmp(how, "threads") == 0 || strcmp(how, "all") == 0;
    struct sock_fprog program =
        strcmp(how, "lax") == 0
            ? make_filter(ptrace, 1, NULL, 0, SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_ALLOW)
            : make_filter(needed, COUNT(needed), for_threads, has_threads ? COUNT(for_threads) : 0,
                          SECCOMP_RET_ALLOW,
                          strcmp(how, "refuse") == 0 ? SECCOMP_RET_ERRNO | EPERM
                                                     : SECCOMP_RET_KILL_PROCESS);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        fail("PR_SET_NO_NEW_PRIVS");
    if (strcmp(how, "kill-call") == 0 || strcmp(how, "all") == 0) {
        const unsigned flags = strcmp(how, "all") == 0 ? SECCOMP_FILTER_FLAG_TSYNC : 0;
        if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program) != 0)
            fail("seccomp");
    } else if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        fail("PR_SET_SECCOMP");
    }
}

HIDDEN static void begin(const char *how) {
    if (strcmp(how, "strict") == 0) {
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0)
            fail("strict");
    } else if (strcmp(how, "strict-call") == 0) {
        if (syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL) != 0)
            fail("strict");
    } else if (strcmp(how, "clock") == 0) {
        if (prctl(PR_SET_TSC, PR_TSC_SIGSEGV) != 0)
            fail("PR_SET_TSC");
    } else if (strcmp(how, "probe") == 0) {
        struct sock_fprog nowhere = {1, (struct sock_filter *)16};
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL) != -1 || errno != EFAULT ||
            prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &nowhere) != -1 ||
            syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, NULL) != -1 || errno != EFAULT ||
            syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 77, NULL) != -1 || errno != EINVAL ||
            prctl(PR_SET_TSC, 77) != -1 || syscall(SYS_getpid) != getpid())
            fail("probe");
    } else {
        install(how);
    }
}

int main(int count, char **arguments) {
    const char *how = count > 1 ? arguments[1] : "";
    static const char done[] = "done\n";
    const int is_all = strcmp(how, "all") == 0;
    pthread_t threads[2];
    if (is_all) {
        for (int i = 0; i < 2; i++)
            pthread_create(&threads[i], NULL, work, NULL);
    }
    leaf(1);
    begin(how);
    if (strcmp(how, "threads") == 0) {
        for (int i = 0; i < 2; i++)
            pthread_create(&threads[i], NULL, work, NULL);
    } else {
        work(NULL);
    }
    for (int i = 0; i < 2 && (is_all || strcmp(how, "threads") == 0); i++)
        pthread_join(threads[i], NULL);
    if (write(STDOUT_FILENO, done, sizeof(done) - 1) < 0)
        return 1;
    if (strncmp(how, "strict", 6) == 0)
        syscall(SYS_exit, 3);
    if (is_all || strcmp(how, "kill") == 0)
        _exit(3);
    exit(3);
}
