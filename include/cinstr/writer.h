/* SPDX-License-Identifier: MIT */
/*
 * How the recorder calls cinstr-writer, the program beside libcinstr.so.0 that writes its profiles
 * in a process of its own:
 *
 *   cinstr-writer SEGMENT [KIND HOW NAME]...
 *
 * SEGMENT is the number of an open descriptor: of the segment's file or, if part of the segment
 * exists only in memory, of a pipe, from which the writer reads parts: a struct writer_part and
 * its bytes. KIND is "exact", "edges", "cpu", "wall", "heap", "allocs", "block", "mutex", "trace"
 * or "trace-json". HOW is a letter of enum writer_how, which says what NAME is. For each profile
 * that it cannot write, the program prints a line on standard error.
 */
#ifndef CINSTR_WRITER_H
#define CINSTR_WRITER_H

#include <stdint.h>

#define WRITER_NAME "cinstr-writer"

/* A static program is its own writer: it runs itself with this in its environment. */
#define WRITER_VARIABLE "CINSTR_WRITER"

enum writer_how {
    WRITER_OUTPUT = 'o',     /* a file or a folder; %p, %e, %h and %% are replaced as in output= */
    WRITER_BESIDE = 'b',     /* the same, with the kind inserted: prof.heap.pb.gz */
    WRITER_FILE = 'f',       /* the same as 'o', but never a folder */
    WRITER_DESCRIPTOR = 'd', /* an open descriptor's number */
};

enum writer_status { WRITER_DONE = 0, WRITER_FAILED = 1 };

struct writer_part {
    uint64_t offset, size; /* in the segment */
    uint64_t whole;        /* the segment's size */
};

#ifdef __cplusplus
extern "C" {
#endif

/* The whole of cinstr-writer: its main() calls this. Returns an enum writer_status. */
int cinstr_writer_main(int argc, char **argv);

#ifdef __cplusplus
}
#endif
#endif
