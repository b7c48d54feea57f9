/* xml_context.h — what stands above the items of an XML feed and matters to each of them: name
 * spaces, base and language, entities, encoding, and whose feed it is. Made once a member, read by
 * all threads. */
#ifndef SR_FEED_XML_CONTEXT_H
#define SR_FEED_XML_CONTEXT_H

#include "feed/encoding.h"
#include "feed/xml_parse.h"

#include <stdatomic.h>

typedef struct sr_xml_context sr_xml_context;

struct sr_xml_context {
    char encoding[SR_ENCODING_BYTES]; /* of the items' bytes */
    sr_str open;                      /* the start tag that an item is parsed in: <x xmlns:…> */
    sr_str base;                      /* for relative links; or empty */
    sr_str source;                    /* the feed's title */
    sr_str author;
    sr_str language;
    sr_xml_entities entities;
    /* What the parsers met; told when the feed is closed. */
    _Atomic uint64_t first_fault; /* line of the file << 16 | libxml2's number; 0: none */
    _Atomic uint64_t n_faulty;    /* items */
};

/* `head`: everything before the first item; `encoding`: what it is in whatever it
 * declares, or NULL. All
 * lives in the arena. SR_ERR_MEMORY. */
SR_MUST_USE sr_status sr_xml_context_create(sr_arena *arena, sr_str head, const char *encoding,
                                            sr_xml_context **out);
void sr_xml_context_note_fault(sr_xml_context *context, uint64_t line, uint32_t code);
/* The first fault in words, and its line; false where there was none. */
bool sr_xml_context_fault(sr_xml_context *context, uint64_t *line, const char **text,
                          uint64_t *n_items);
/* "jane@example.org (Jane Doe)", "Jane Doe (jane@example.org)" and "Jane Doe <jane@example.org>"
 * are Jane Doe. */
sr_str sr_xml_author_name(sr_str value);
/* `link` itself where it is absolute or nothing can be done, else the two put together, in `out`.
 */
SR_MUST_USE sr_status sr_xml_resolve(sr_str link, sr_str base, sr_buffer *out, sr_str *resolved);

#endif
