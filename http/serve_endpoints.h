/* SPDX-License-Identifier: MIT */
/*
 * What a server can be asked for.
 */
#ifndef CINSTR_HTTP_SERVE_ENDPOINTS_H
#define CINSTR_HTTP_SERVE_ENDPOINTS_H

#include "serve_http.h"

/* Answers a request; struct serve's `answer`. */
serve_result serve_answer(struct serve_request *request);

#endif
