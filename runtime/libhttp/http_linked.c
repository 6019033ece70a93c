/* SPDX-License-Identifier: MIT */
/* What -lcinstr_http links into a program: a mark by which it asks to serve its profiles
 * (options.c). */
extern const char cinstr_http_is_there;
__attribute__((visibility("default"))) const char cinstr_http_is_there = 1;
