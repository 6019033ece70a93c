/* SPDX-License-Identifier: MIT */
/* What CINSTR_OPTIONS asks for. */
#ifndef CINSTR_RUNTIME_BASE_OPTIONS_H
#define CINSTR_RUNTIME_BASE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum block_option { BLOCK_OFF, BLOCK_LOCKS, BLOCK_IO };

struct options {
    char output[512];    /* pattern of the exit profile's name; "none" */
    char directory[256]; /* of the segment; "" choose */
    uint64_t contexts;   /* node budget */
    uint32_t timing;     /* enum segment_timing */
    uint64_t heap;       /* bytes between samples, 1 exact; 0 off */
    uint32_t block;      /* enum block_option */
    bool mutex;
    char trace[512];     /* pattern of the trace's name; "" none */
    uint64_t trace_ring; /* MiB of each lane; 0: not kept as a ring */
    /* Files of their own, as patterns; "" beside the output. */
    char cpuprofile[512], memprofile[512], blockprofile[512], mutexprofile[512];
    char http[256];  /* where to serve, "" or "none": nowhere */
    uint32_t sample; /* a second; 0 off */
    bool has_sample; /* it was given */
    bool sample_wall;
    bool cpu, histogram, start, help;
};
extern struct options options;

/* Reads CINSTR_OPTIONS. Reports what it cannot use in one line. */
void options_read(const char *text);
/* Expands %p, %e (`program`), %h; the `namesake`th other process of this number, from 1 on, has
 * joined to it what tells it from the first. False, which it reports, when the result does not
 * fit. */
bool options_expand(const char *pattern, const char *program, uint32_t namesake, char *text,
                    size_t size);

#endif
