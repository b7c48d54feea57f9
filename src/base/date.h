/* date.h — dates as they stand in feeds, ages as people write them (public: sr_time_parse,
 * sr_age_parse). Proleptic Gregorian, seconds since 1970 UTC, never the C locale or the machine's
 * time zone. */
#ifndef SR_BASE_DATE_H
#define SR_BASE_DATE_H

#include "base/bytes.h"

enum { SR_TIME_TEXT_BYTES = 32, SR_AGE_TEXT_BYTES = 48 };

/* "2026-05-26T10:00:00Z" (RFC 3339); "" for SR_TIME_UNKNOWN. */
void sr_time_format(int64_t seconds, char text[SR_TIME_TEXT_BYTES]);
/* "36 minutes ago", "3 days ago", "in 2 hours", "just now"; "" where either is unknown. */
void sr_age_format(int64_t seconds, int64_t now_s, char text[SR_AGE_TEXT_BYTES]);

#endif
