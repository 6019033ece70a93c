/* SPDX-License-Identifier: MIT */
/*
 * Records the program that it is linked with in the XRay mode that BENCH_XRAY_MODE names, with the
 * mode's own defaults, from before main until exit. Through XRay's interface, since two of its
 * modes can be started in no other way; declared here because its header is C++ alone.
 */
#include <stdio.h>
#include <stdlib.h>

enum { XRAY_PATCH_SUCCESS = 1, XRAY_LOG_INITIALIZED = 2, XRAY_LOG_FINALIZED = 4 };

int __xray_patch(void);
int __xray_log_select_mode(const char *mode);
int __xray_log_init_mode(const char *mode, const char *config);
int __xray_log_finalize(void);
int __xray_log_flushLog(void);

__attribute__((constructor)) static void begin(void) {
    const char *mode = getenv("BENCH_XRAY_MODE");
    if (mode == NULL)
        return;
    if (__xray_log_select_mode(mode) != 0 ||
        __xray_log_init_mode(mode, "") != XRAY_LOG_INITIALIZED ||
        __xray_patch() != XRAY_PATCH_SUCCESS) {
        fprintf(stderr, "xray_start: XRay does not start in mode %s\n", mode);
        exit(1);
    }
}

__attribute__((destructor)) static void end(void) {
    if (getenv("BENCH_XRAY_MODE") != NULL && __xray_log_finalize() == XRAY_LOG_FINALIZED)
        __xray_log_flushLog();
}
