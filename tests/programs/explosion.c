/* SPDX-License-Identifier: MIT */
/* Makes many contexts of few edges: `explosion EVENTS` prints each edge and how often it was
 * taken, "caller callee calls". With `explosion EVENTS limited`, it gets no more memory while it
 * makes the calls. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#define NH __attribute__((no_instrument_function))
static unsigned long truth[17][16];
static unsigned rs = 1;
static long events;
static int depth;
NH static inline __attribute__((always_inline)) unsigned rnd(void) {
    rs ^= rs << 13;
    rs ^= rs >> 17;
    rs ^= rs << 5;
    return rs;
}
typedef void fn(int, int);
extern fn *const tab[];
__attribute__((noinline)) void f0(int p, int d) {
    truth[p][0]++;
    events++;
    if (d < 14) {
        int n = rnd() % 3;
        for (int i = 0; i < n; i++)
            tab[rnd() % 16](0, d + 1);
    }
}
__attribute__((noinline)) void f1(int p, int d) {
    truth[p][1]++;
    events++;
    if (d < 14) {
        int n = rnd() % 3;
        for (int i = 0; i < n; i++)
            tab[rnd() % 16](1, d + 1);
    }
}
__attribute__((noinline)) void f2(int p, int d) {
    truth[p][2]++;
    events++;
    if (d < 14) {
        int n = rnd() % 3;
        for (int i = 0; i < n; i++)
            tab[rnd() % 16](2, d + 1);
    }
}
__attribute__((noinline)) void f3(int p, int d) {
    truth[p][3]++;
    events++;
    if (d < 14) {
        int n = rnd() % 3;
        for (int i = 0; i < n; i++)
            tab[rnd() % 16](3, d + 1);
    }
}
__attribute__((noinline)) void f4(int p, int d) {
    truth[p][4]++;
    events++;
    if (d < 14) {
        int n = rnd() % 3;
        for (int i = 0; i < n; i++)
            tab[rnd() % 16](4, d + 1);
    }
}
__attribute__((noinline)) void f5(int p, int d) {
    truth[p][5]++;
    events++;
    if (d < 14) {
        int n = rnd() % 3;
        for (int i = 0; i < n; i++)
            tab[rnd() % 16](5, d + 1);
    }
}
__attribute__((noinline)) void f6(int p, int d) {
    truth[p][6]++;
    events++;
    if (d < 14) {
        int n = rnd() % 3;
        for (int i = 0; i < n; i++)
            tab[rnd() % 16](6, d + 1);
    }
}
__attribute__((noinline)) void f7(int p, int d) {
    truth[p][7]++;
    events++;
    if (d < 14) {
        int n = rnd() % 3;
        for (int i = 0; i < n; i++)
            tab[rnd() % 16](7, d + 1);
    }
}
__attribute__((noinline)) void f8(int p, int d) {
    truth[p][8]++;
    events++;
    if (d < 14) {
        int n = rnd() % 3;
        for (int i = 0; i < n; i++)
            tab[rnd() % 16](8, d + 1);
    }
}
__attribute__((noinline)) void f9(int p, int d) {
    truth[p][9]++;
    events++;
    if (d < 14) {
        int n = rnd() % 3;
        for (int i = 0; i < n; i++)
            tab[rnd() % 16](9, d + 1);
    }
}
__attribute__((noinline)) void f10(int p, int d) {
    truth[p][10]++;
    events++;
    if (d < 14) {
        int n = rnd() % 3;
        for (int i = 0; i < n; i++)
            tab[rnd() % 16](10, d + 1);
    }
}
__attribute__((noinline)) void f11(int p, int d) {
    truth[p][11]++;
    events++;
    if (d < 14) {
        int n = rnd() % 3;
        for (int i = 0; i < n; i++)
            tab[rnd() % 16](11, d + 1);
    }
}
__attribute__((noinline)) void f12(int p, int d) {
    truth[p][12]++;
    events++;
    if (d < 14) {
        int n = rnd() % 3;
        for (int i = 0; i < n; i++)
            tab[rnd() % 16](12, d + 1);
    }
}
__attribute__((noinline)) void f13(int p, int d) {
    truth[p][13]++;
    events++;
    if (d < 14) {
        int n = rnd() % 3;
        for (int i = 0; i < n; i++)
            tab[rnd() % 16](13, d + 1);
    }
}
__attribute__((noinline)) void f14(int p, int d) {
    truth[p][14]++;
    events++;
    if (d < 14) {
        int n = rnd() % 3;
        for (int i = 0; i < n; i++)
            tab[rnd() % 16](14, d + 1);
    }
}
__attribute__((noinline)) void f15(int p, int d) {
    truth[p][15]++;
    events++;
    if (d < 14) {
        int n = rnd() % 3;
        for (int i = 0; i < n; i++)
            tab[rnd() % 16](15, d + 1);
    }
}
fn *const tab[] = {f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15};
NH int main(int c, char **v) {
    long n = atol(v[1]);
    int slow = c > 2 && strcmp(v[2], "limited") != 0;
    struct rlimit limit, before;
    getrlimit(RLIMIT_DATA, &before);
    limit = before;
    limit.rlim_cur = 1; /* no more memory until all calls are made */
    if (c > 2 && !slow)
        setrlimit(RLIMIT_DATA, &limit);
    while (events < n) {
        tab[rnd() % 16](16, 0);
        if (slow && (rnd() & 255) == 0)
            usleep(1000);
    }
    setrlimit(RLIMIT_DATA, &before);
    for (int a = 0; a <= 16; a++)
        for (int b = 0; b < 16; b++)
            if (truth[a][b])
                printf("%d %d %lu\n", a, b, truth[a][b]);
    return 5;
}