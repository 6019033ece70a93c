/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_SEGMENT_PREDECESSOR_H
#define CINSTR_RUNTIME_SEGMENT_PREDECESSOR_H

/* Deletes the segment of the program that this process was before exec, and counts its calls. */
void predecessor_take(void);

#endif
