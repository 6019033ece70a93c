/* SPDX-License-Identifier: MIT */
/*
 * Which allocations are charged, and how many each stands for. With heap=BYTES the sampled bytes
 * are a Poisson process over all bytes allocated, as in Go and tcmalloc: an allocation of s bytes
 * is sampled with probability p = 1 - exp(-s
 * BYTES), and then stands for 1
 * p allocations, so that every sum is unbiased (Horvitz and Thompson, 1952). Not part of the
 * recorder's hot path: uses floating point.
 */
#ifndef CINSTR_RUNTIME_HEAP_SAMPLE_H
#define CINSTR_RUNTIME_HEAP_SAMPLE_H

#include <stddef.h>
#include <stdint.h>

/* 1: every allocation. */
void heap_sample_init(uint64_t period);

/* How many allocations this one stands for; 0: it is not sampled. */
uint32_t heap_sample_objects(size_t size);

#endif
