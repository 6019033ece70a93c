/* SPDX-License-Identifier: MIT */
/* gcc's own headers, which have to be included in this order. */
#ifndef CINSTR_PLUGIN_GCC_H
#define CINSTR_PLUGIN_GCC_H

/* clang-format off */
#define INCLUDE_VECTOR
#include "gcc-plugin.h"
#include "plugin-version.h"
#include "tree.h"
#include "basic-block.h"
#include "gimple.h"
#include "tree-pass.h"
#include "context.h"
#include "ssa.h"
#include "cgraph.h"
#include "stringpool.h"
#include "attribs.h"
#include "except.h"
#include "cfgloop.h"
#include "gimple-iterator.h"
#include "tree-cfg.h"
#include "tree-eh.h"
#include "tree-into-ssa.h"
#include "langhooks.h"
#include "diagnostic-core.h"
/* clang-format on */

#endif
