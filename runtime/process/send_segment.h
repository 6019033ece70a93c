/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_PROCESS_SEND_SEGMENT_H
#define CINSTR_RUNTIME_PROCESS_SEND_SEGMENT_H

/* Writes the parts of the segment that are in use to a pipe (cinstr/writer.h). Makes system
 * calls alone. */
void send_segment(int fd);

#endif
