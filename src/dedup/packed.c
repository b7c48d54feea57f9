/* packed.c — (32-bit length, bytes) of each field in a fixed order. */
#include "dedup/packed.h"

#include <stddef.h>

static const size_t FIELDS[] = {
    offsetof(sr_article, title),  offsetof(sr_article, lead),   offsetof(sr_article, url),
    offsetof(sr_article, source), offsetof(sr_article, author), offsetof(sr_article, language),
    offsetof(sr_article, tags),   offsetof(sr_article, image),  offsetof(sr_article, text),
};

sr_status sr_article_pack(const sr_article *article, bool with_text, sr_buffer *out)
{
    for (size_t f = 0; f < SR_ARRAY_COUNT(FIELDS); f++) {
        sr_str field;
        memcpy(&field, (const char *)article + FIELDS[f], sizeof field);
        if (FIELDS[f] == offsetof(sr_article, text) && !with_text) {
            field = sr_str_make(NULL, 0);
        }
        if (field.n_bytes > UINT32_MAX) {
            return SR_ERR_LIMIT;
        }
        uint32_t n_bytes = (uint32_t)field.n_bytes;
        SR_TRY(sr_buffer_append(out, &n_bytes, sizeof n_bytes));
        SR_TRY(sr_buffer_append_str(out, field));
    }
    return SR_OK;
}

sr_status sr_article_unpack(sr_str packed, sr_article *article)
{
    for (size_t f = 0; f < SR_ARRAY_COUNT(FIELDS); f++) {
        if (packed.n_bytes < sizeof(uint32_t)) {
            return SR_ERR_CORRUPT;
        }
        size_t n_bytes = sr_load_u32(packed.data);
        if (packed.n_bytes - sizeof(uint32_t) < n_bytes) {
            return SR_ERR_CORRUPT;
        }
        sr_str field = sr_str_make(packed.data + sizeof(uint32_t), n_bytes);
        memcpy((char *)article + FIELDS[f], &field, sizeof field);
        packed.data += sizeof(uint32_t) + n_bytes;
        packed.n_bytes -= sizeof(uint32_t) + n_bytes;
    }
    return packed.n_bytes == 0 ? SR_OK : SR_ERR_CORRUPT;
}
