/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_PROCESS_SEND_SEGMENT_H
#define CINSTR_RUNTIME_PROCESS_SEND_SEGMENT_H

/* Writes what is used of the segment to a pipe, as parts (cinstr/writer.h). System calls alone. */
void send_segment(int fd);

#endif
