/* SPDX-License-Identifier: MIT */
/* Where exceptions leave a function. Called by instrument.cpp after inlining. */
#ifndef CINSTR_PLUGIN_GCC_UNWINDING_H
#define CINSTR_PLUGIN_GCC_UNWINDING_H

#include "gcc.h"

namespace cinstr {

/* Leads all exceptions that leave the function through one landing pad. Returns the statement there
 * that resumes unwinding, or nullptr if no exception can leave the function. */
gimple *landOnUnwinding(function *instrumented);

} // namespace cinstr

#endif
