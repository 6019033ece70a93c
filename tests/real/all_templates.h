/* SPDX-License-Identifier: MIT */
/* Included first: what the C++ library holds ready (strings, streams) is compiled again. */
#ifdef __cplusplus
#include <bits/c++config.h>
#undef _GLIBCXX_EXTERN_TEMPLATE
#define _GLIBCXX_EXTERN_TEMPLATE 0
#endif
