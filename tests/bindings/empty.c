/* SPDX-License-Identifier: MIT */
/* A shared library of nothing but what it links. */
typedef int calando_foreign_is_not_empty;
