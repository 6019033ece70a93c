/* SPDX-License-Identifier: MIT */
/* Opens the recorder in a program without it, for preloaded libraries (preload.c,
 * charge_library.c). */
#ifndef CINSTR_RUNTIME_OPEN_RECORDER_H
#define CINSTR_RUNTIME_OPEN_RECORDER_H

/* The recorder beside the calling library, or else where the loader finds it. NULL: dlerror()
 * says why. */
void *open_recorder(void);

#endif
