/* SPDX-License-Identifier: MIT */
/* See heap_sample.h. */
#include "heap_sample.h"

#include <math.h>
#include <stdbool.h>
#include <time.h>

#define LARGEST_WEIGHT 4e9

static uint64_t period;

static __thread struct {
    bool is_seeded;
    uint64_t random;
    double left; /* bytes until the next sampled one */
} self __attribute__((tls_model("initial-exec")));

void heap_sample_init(uint64_t bytes) {
    period = bytes;
}

/* In (0, 1). splitmix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators",
 * 2014. */
static double draw(void) {
    uint64_t z = self.random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return ((double)((z ^ z >> 31) >> 11) + 0.5) * 0x1p-53;
}

static double draw_distance(void) {
    return -log(draw()) * (double)period;
}

static void seed(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    self.random = (uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 30 ^ (uintptr_t)&self;
    self.left = draw_distance();
    self.is_seeded = true;
}

/* A whole number whose expectation is `weight`. */
static uint32_t round_at_random(double weight) {
    return weight >= LARGEST_WEIGHT ? (uint32_t)LARGEST_WEIGHT : (uint32_t)(weight + draw());
}

uint32_t heap_sample_objects(size_t size) {
    const double bytes = size == 0 ? 1 : (double)size;
    if (period == 1)
        return 1;
    if (!self.is_seeded)
        seed();
    self.left -= bytes;
    if (self.left > 0)
        return 0;
    self.left = draw_distance();
    return round_at_random(1 / -expm1(-bytes / (double)period));
}
