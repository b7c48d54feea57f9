/* html_read.h — HTML as an article: a whole page (title, source, author, date, the text without its
 * furniture), or a piece of HTML that a field holds. */
#ifndef SR_FEED_HTML_READ_H
#define SR_FEED_HTML_READ_H

#include "feed/encoding.h"
#include "feed/html_main.h"
#include "feed/json_shim.h"
#include "feed/offers.h"

/* Scratch of one thread. */
typedef struct sr_html_reader {
    sr_html_tree tree;
    sr_html_main main;
    sr_recoder recoder;
    sr_buffer decoded;
    sr_offers offers;
    sr_buffer text;
    sr_json *json; /* borrowed: of JSON-LD */
} sr_html_reader;

void sr_html_reader_init(sr_html_reader *reader, sr_json *json);
void sr_html_reader_release(sr_html_reader *reader);

/* Reads a page. `charset` is what HTTP said, empty where nothing: the page's own word counts then.
 * The values live until the reader's next call; the date is as the page writes it.
 * SR_ERR_MEMORY. */
SR_MUST_USE sr_status sr_html_read_page(sr_html_reader *reader, sr_str bytes, sr_str charset,
                                        sr_str values[SR_FEED_FIELD_COUNT]);
/* The text of a piece of HTML (UTF-8), a paragraph a line; lives until the next call. */
SR_MUST_USE sr_status sr_html_read_piece(sr_html_reader *reader, sr_str html, sr_str *text);
/* Whether a value holds tags of HTML; tags or entities. */
bool sr_html_has_tags(sr_str value);
bool sr_html_is_likely(sr_str value);

/* The encoding of a page: by mark, `charset`, its own <meta>, else UTF-8 where it is that, else
 * windows-1252. */
void sr_html_find_encoding(sr_str bytes, sr_str charset, char name[SR_ENCODING_BYTES]);

/* html_meta.c: title, address, source, author, date … of the page in the tree. */
SR_MUST_USE sr_status sr_html_find_meta(sr_html_reader *reader);
/* html_json_ld.c: the same from a <script type="application/ld+json">. */
SR_MUST_USE sr_status sr_html_read_json_ld(sr_html_reader *reader, sr_str script);

#endif
