/* SPDX-License-Identifier: MIT */
/* What -lcinstr_http puts into a program: the word that it wants to serve its profiles (options.c).
 */
extern const char cinstr_http_is_there;
__attribute__((visibility("default"))) const char cinstr_http_is_there = 1;
