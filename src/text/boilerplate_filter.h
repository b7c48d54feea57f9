/* boilerplate_filter.h — which lines may be furniture at all: a quick look at the first words of a
 * line and at the rarest word of each phrase that stands anywhere. Nearly all prose is passed by
 * so; what is let through goes to the rules themselves (boilerplate.c). */
#ifndef SR_TEXT_BOILERPLATE_FILTER_H
#define SR_TEXT_BOILERPLATE_FILTER_H

#include "text/tokenise.h"

enum { SR_FILTER_BITS = 13, SR_FILTER_STARTS = 1 << SR_FILTER_BITS, SR_FILTER_RARE_WORDS = 64 };

typedef struct sr_boilerplate_filter {
    uint8_t starts[SR_FILTER_STARTS];          /* flags by the hash of a word, or of two */
    uint8_t rare_starts[SR_FILTER_STARTS / 8]; /* a bit by the first four bytes of a word */
    uint64_t rare[SR_FILTER_RARE_WORDS];       /* the first eight bytes of each, or all … */
    uint64_t rare_masks[SR_FILTER_RARE_WORDS]; /* … and which of them count */
    uint64_t before[SR_FILTER_RARE_WORDS];     /* the same of the word before it; 0: any */
    uint64_t before_masks[SR_FILTER_RARE_WORDS];
    size_t n_rare;
} sr_boilerplate_filter;

/* Made of the tables of rules. */
void sr_boilerplate_filter_init(sr_boilerplate_filter *filter);
/* May a rule hold for the line that is bytes `from` … `to` − 1 of the folded text? Its words begin
 * with `*word`, which moves on behind them. */
bool sr_boilerplate_filter_line(const sr_boilerplate_filter *filter, const sr_words *words,
                                size_t from, size_t to, size_t *word);

#endif
