/* fuzz_front_matter.c — any bytes as a page's front matter: YAML, TOML or JSON. The cut gives parts
 * of the page, every name and value is a part of what was read, and reading twice gives the same.
 */
#include "fuzz/fuzz.h"

#include "feed/front_matter.h"

static bool is_inside(sr_str part, sr_str whole)
{
    return part.n_bytes == 0 ||
           (part.data >= whole.data && part.data + part.n_bytes <= whole.data + whole.n_bytes);
}

static size_t read_all(sr_front_matter *matter, sr_front_kind kind, sr_str front)
{
    size_t n_bytes = 0;
    FUZZ_CHECK(sr_front_matter_read(matter, kind, front) == SR_OK);
    FUZZ_CHECK(memchr(matter->problem, '\0', sizeof matter->problem));
    for (size_t i = 0; i < matter->n_pairs; i++) {
        sr_str name = sr_front_matter_name(matter, i);
        sr_str value = sr_front_matter_value(matter, i);
        FUZZ_CHECK(is_inside(name, sr_buffer_view(&matter->bytes)));
        FUZZ_CHECK(is_inside(value, sr_buffer_view(&matter->bytes)));
        n_bytes += name.n_bytes + value.n_bytes;
    }
    (void)sr_front_matter_find(matter, "title");
    return n_bytes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n_bytes)
{
    sr_str page = sr_str_make((const char *)data, n_bytes);
    sr_str front;
    sr_str body;
    sr_front_kind kind = sr_front_matter_cut(page, &front, &body);
    if (kind == SR_FRONT_NONE) {
        return 0;
    }
    FUZZ_CHECK(is_inside(front, page) && is_inside(body, page));
    sr_front_matter matter;
    sr_front_matter_init(&matter);
    size_t n = read_all(&matter, kind, front);
    FUZZ_CHECK(n == read_all(&matter, kind, front));
    sr_front_matter_release(&matter);
    return 0;
}
