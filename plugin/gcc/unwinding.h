/* SPDX-License-Identifier: MIT */
/* The way out of a function by an exception. Called by instrument.cpp after inlining. */
#ifndef CINSTR_PLUGIN_GCC_UNWINDING_H
#define CINSTR_PLUGIN_GCC_UNWINDING_H

#include "gcc.h"

namespace cinstr {

/* Makes all exceptions that leave the function pass by one place. Returns that, before what resumes
 * them; nullptr: none can leave it. */
gimple *landOnUnwinding(function *instrumented);

} // namespace cinstr

#endif
