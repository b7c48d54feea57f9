/* boilerplate_rules.h — the phrases by which furniture is known, two sorted tables
 * (boilerplate_rules.inc). A phrase is written as folded words with one blank between them; scripts
 * without blanks as they are. */
#ifndef SR_TEXT_BOILERPLATE_RULES_H
#define SR_TEXT_BOILERPLATE_RULES_H

#include "base/bytes.h"

/* How a phrase counts; a phrase may have several uses. */
enum {
    SR_RULE_HEAD = 1,   /* the whole line: a section that follows an article */
    SR_RULE_LIST = 2,   /* the whole line: a list of links that may also stand inside an article */
    SR_RULE_LINE = 4,   /* the whole line: a button or a label */
    SR_RULE_COLON = 8,  /* begins the line, a colon behind it */
    SR_RULE_START = 16, /* begins a short line */
    SR_RULE_YEAR = 32   /* begins the line, a year behind it */
};

typedef struct sr_anchored_rule {
    char phrase[60]; /* padded with NUL */
    uint32_t uses;
} sr_anchored_rule;

/* Anywhere in a line. */
typedef struct sr_inner_rule {
    char phrase[48];
    char also[32]; /* must stand in the line too; "" where one phrase is enough */
} sr_inner_rule;

extern const sr_anchored_rule sr_anchored_rules[];
extern const size_t sr_anchored_rule_count;
extern const sr_inner_rule sr_inner_rules[];
extern const size_t sr_inner_rule_count;

#endif
