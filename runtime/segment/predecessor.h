/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_SEGMENT_PREDECESSOR_H
#define CINSTR_RUNTIME_SEGMENT_PREDECESSOR_H

/* Takes away the segment of the program that this process was before exec. */
void predecessor_take(void);

#endif
