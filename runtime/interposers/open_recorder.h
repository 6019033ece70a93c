/* SPDX-License-Identifier: MIT */
/* For preloaded libraries (preload.c, charge_library.c): the recorder, in a program without it. */
#ifndef CINSTR_RUNTIME_OPEN_RECORDER_H
#define CINSTR_RUNTIME_OPEN_RECORDER_H

/* The one beside the calling library, or else as the loader finds it. NULL: dlerror() says why. */
void *open_recorder(void);

#endif
