/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_SAMPLE_SAMPLER_H
#define CINSTR_RUNTIME_SAMPLE_SAMPLER_H

#include "runtime/base/lane.h"

/* Prepares sampling, also in a fork child; does nothing without sample=. */
void sampler_init(void);
/* For the calling thread: call them when its first lane has been made, and when its lanes are
 * about to be merged. */
void sampler_attach(const struct lane *lane);
void sampler_detach(void);
/* Stops sampling: what follows is the recorder's own work. */
void sampler_stop(void);

/* Whether the program's sandbox, if any, lets it. */
bool sampler_may_go_on(void);

#endif
