/* SPDX-License-Identifier: MIT */
/*
 * Runs a program with some system calls refused, as sandboxes do. Arguments: ERROR CALL… --
 * PROGRAM…, with the names below. For tests/e2e/refused_calls.sh.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
    const char *name;
    unsigned number;
} names[] = {
    {"ENOSYS", ENOSYS},
    {"EPERM", EPERM},
    {"fallocate", SYS_fallocate},
    {"ftruncate", SYS_ftruncate},
    {"getdents64", SYS_getdents64},
    {"getrandom", SYS_getrandom},
    {"gettid", SYS_gettid},
    {"madvise", SYS_madvise},
    {"mkdir", SYS_mkdir},
    {"mremap", SYS_mremap},
    {"perf_event_open", SYS_perf_event_open},
    {"prlimit64", SYS_prlimit64},
    {"process_vm_readv", SYS_process_vm_readv},
    {"rename", SYS_rename},
    {"sigaltstack", SYS_sigaltstack},
    {"unlinkat", SYS_unlinkat},
};

static unsigned number(const char *text) {
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strcmp(text, names[i].name) == 0)
            return names[i].number;
    }
    fprintf(stderr, "refuse: %s?\n", text);
    exit(2);
}

static void refuse(unsigned call, unsigned error) {
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof(filter) / sizeof(filter[0]), filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        perror("refuse");
        exit(2);
    }
}

int main(int argc, char **argv) {
    int i = 2;
    for (; i < argc && strcmp(argv[i], "--") != 0; i++)
        refuse(number(argv[i]), number(argv[1]));
    if (i + 1 >= argc)
        return 2;
    execvp(argv[i + 1], &argv[i + 1]);
    perror(argv[i + 1]);
    return 2;
}
