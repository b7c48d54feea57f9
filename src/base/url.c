/* url.c — the host between "://" and the next delimiter (RFC 3986, section 3.2). */
#include "base/url.h"

sr_str sr_url_host(sr_str url)
{
    const char *scheme = url.n_bytes ? memmem(url.data, url.n_bytes, "://", 3) : NULL;
    if (!scheme) {
        return sr_str_make(NULL, 0);
    }
    const char *start = scheme + 3;
    const char *end = url.data + url.n_bytes;
    if (end - start > 4 && memcmp(start, "www.", 4) == 0) {
        start += 4;
    }
    const char *stop = start;
    while (stop < end && *stop && !strchr("/?#:", *stop)) {
        stop++;
    }
    return sr_str_make(start, (size_t)(stop - start));
}
