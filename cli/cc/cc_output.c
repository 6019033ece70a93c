/* SPDX-License-Identifier: MIT */
/* See cc_output.h. */
#include "cc_output.h"

#include "cli/base/command.h"
#include "reader/symbols/hooks_found.h"

void cc_output_check(const char *path, bool excludes) {
    const struct hooks_found hooks = hooks_found_in(path);
    if (hooks.defines)
        note("cc: %s defines __cyg_profile_func_enter itself: its functions call that, and cinstr "
             "records nothing",
             path);
    else if (excludes && hooks.redefined[0] != '\0')
        note("cc: %s defines %s() itself: where <ctype.h> or <wchar.h> declares it, gcc gives it "
             "no hooks; --system-headers does",
             path, hooks.redefined);
}
