/* url.h — the part of an address that names who publishes it. */
#ifndef SR_BASE_URL_H
#define SR_BASE_URL_H

#include "base/bytes.h"

/* The host of an absolute URL without "www."; "" where it has none. A view of `url`. */
sr_str sr_url_host(sr_str url);

#endif
