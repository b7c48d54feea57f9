/* xml_item.h — the elements of one item or entry as offers for the fields of an article. */
#ifndef SR_FEED_XML_ITEM_H
#define SR_FEED_XML_ITEM_H

#include "feed/offers.h"
#include "feed/xml_context.h"

/* Scratch of one thread. */
typedef struct sr_xml_item {
    sr_xml_parser *parser; /* NULL before the first item */
    sr_offers offers;
    sr_buffer document;
    sr_buffer decoded;
    sr_buffer repaired;
    sr_buffer value;
    sr_buffer link;
    sr_recoder recoder;
    /* of the item being read */
    const sr_field_map *map;
    const sr_xml_context *feed;
    size_t depth;       /* of open elements; 2: the children of the item */
    size_t field_depth; /* of the element being read; 0: none */
    size_t group_depth; /* of an open <media:group>, whose children count as the item's; 0: none */
    size_t part_depth;  /* of an open child that alone gives the value (<name>); 0: none */
    bool part_met;
    sr_feed_field field; /* being read */
    unsigned rank;
    bool is_plain;  /* a text that is not HTML whatever it looks like */
    bool is_markup; /* the value holds elements of its own */
    bool is_ignored;
    bool is_base64;
    sr_buffer item_base;
    sr_buffer base;
    uint32_t seen; /* a bit for each field of --map that was there */
} sr_xml_item;

void sr_xml_item_init(sr_xml_item *item);
void sr_xml_item_release(sr_xml_item *item);
/* Reads an item in the feed's encoding. `fault` as sr_xml_parse gives it, its line counted from the
 * item's first. The offers are filled; texts may be HTML. SR_ERR_MEMORY. */
SR_MUST_USE sr_status sr_xml_item_read(sr_xml_item *item, sr_str raw, const sr_xml_context *feed,
                                       const sr_field_map *map, sr_xml_fault *fault);

#endif
