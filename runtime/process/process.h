/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_PROCESS_PROCESS_H
#define CINSTR_RUNTIME_PROCESS_PROCESS_H

/* Brings the recorder up; idempotent. Called by constructors, single-threaded. */
void process_start(void);

#endif
