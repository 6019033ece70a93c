/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_PROCESS_PROCESS_H
#define CINSTR_RUNTIME_PROCESS_PROCESS_H

#include <stdbool.h>

/* Starts the recorder, once. Called by constructors, while there is one thread. */
void process_start(void);

/* Whether this is the process that records, and no child of vfork(), who shares all that is its
 * parent's. */
bool process_is_own(void);

/* Has the profiles written, and takes the segment away. */
void process_end(void);

#endif
