/* SPDX-License-Identifier: MIT */
/*
 * Many functions by macro: THOUSAND(M, 1) is M(1000) M(1001) … M(1999). Included by the programs
 * that are benchmarked; their functions are defined and named by an M each.
 */
#ifndef CINSTR_BENCH_MANY_H
#define CINSTR_BENCH_MANY_H

/* clang-format off */
#define TEN(M, n) M(n##0) M(n##1) M(n##2) M(n##3) M(n##4) M(n##5) M(n##6) M(n##7) M(n##8) M(n##9)
#define HUNDRED(M, n) \
    TEN(M, n##0) TEN(M, n##1) TEN(M, n##2) TEN(M, n##3) TEN(M, n##4) \
    TEN(M, n##5) TEN(M, n##6) TEN(M, n##7) TEN(M, n##8) TEN(M, n##9)
#define THOUSAND(M, n) \
    HUNDRED(M, n##0) HUNDRED(M, n##1) HUNDRED(M, n##2) HUNDRED(M, n##3) HUNDRED(M, n##4) \
    HUNDRED(M, n##5) HUNDRED(M, n##6) HUNDRED(M, n##7) HUNDRED(M, n##8) HUNDRED(M, n##9)
#define TEN_THOUSAND(M, n) \
    THOUSAND(M, n##0) THOUSAND(M, n##1) THOUSAND(M, n##2) THOUSAND(M, n##3) THOUSAND(M, n##4) \
    THOUSAND(M, n##5) THOUSAND(M, n##6) THOUSAND(M, n##7) THOUSAND(M, n##8) THOUSAND(M, n##9)
/* clang-format on */

#endif
