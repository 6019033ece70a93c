/* SPDX-License-Identifier: MIT */
/* A segment for the tests of the recorder's rooms: a file in a directory of its own, made anew for
 * each test. */
#ifndef CINSTR_TESTS_RECORDER_H
#define CINSTR_TESTS_RECORDER_H

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/options.h"
#include "runtime/base/state.h"
#include "runtime/segment/segment_create.h"
#include "runtime/segment/segment_parts.h"
#include "runtime/segment/segment_writer.h"

/* 0, or -1. `text`: of CINSTR_OPTIONS. */
static inline int recorder_make_segment(const char *text) {
    options_read(text);
    strcpy(options.directory, "/tmp/cinstr-recorder.XXXXXX");
    clock_choose();
    if (mkdtemp(options.directory) == NULL || !process_init() || !segment_create(false, true))
        return -1;
    segment_take_block(); /* node 0 means "none" */
    return 0;
}

static inline int recorder_remove_segment(void **state) {
    (void)state;
    segment_unlink();
    return munmap(segment.base, segment.header->size) == 0 && rmdir(options.directory) == 0 ? 0
                                                                                            : -1;
}

#endif
