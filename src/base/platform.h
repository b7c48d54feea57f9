/* platform.h — what differs between compilers and machines; the only place for #if outside simd/.
 */
#ifndef SR_BASE_PLATFORM_H
#define SR_BASE_PLATFORM_H

#include "simrank.h"

#include <assert.h>
#include <string.h>

#define SR_PRINTF(format_index, first) __attribute__((format(printf, format_index, first)))
#define SR_UNUSED __attribute__((unused))
#define SR_ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

#if !defined(__BYTE_ORDER__) || __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "simrank maps its store as little-endian columns: a big-endian machine is not supported"
#endif

#endif
