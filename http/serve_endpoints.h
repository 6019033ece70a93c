/* SPDX-License-Identifier: MIT */
/*
 * What there is to ask a server for.
 */
#ifndef CINSTR_HTTP_SERVE_ENDPOINTS_H
#define CINSTR_HTTP_SERVE_ENDPOINTS_H

#include "serve_http.h"

/* Answers a request; struct serve's `answer`. */
serve_result serve_answer(struct serve_request *request);

#endif
