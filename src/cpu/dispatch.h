// SPDX-License-Identifier: MIT
// Functions of many instruction sets: CALANDO_EXPORT(f) makes the table of HWY_NAMESPACE::f, CALANDO_CHOSEN(f) is this machine's. In the
// portable build there is one namespace, compiled once.
#pragma once

#ifndef CALANDO_PORTABLE
#define CALANDO_EXPORT(function) HWY_EXPORT(function)
#define CALANDO_CHOSEN(function) HWY_DYNAMIC_DISPATCH(function)
#else
#define HWY_NAMESPACE portable
#define HWY_ONCE 1
#define CALANDO_EXPORT(function) static_assert(true)
#define CALANDO_CHOSEN(function) HWY_NAMESPACE::function
#endif
