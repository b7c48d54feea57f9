/* boilerplate_rules.c — the tables of boilerplate_rules.inc. */
#include "text/boilerplate_rules.h"

enum {
    HEAD = SR_RULE_HEAD,
    LIST = SR_RULE_LIST,
    LINE = SR_RULE_LINE,
    COLON = SR_RULE_COLON,
    START = SR_RULE_START,
    YEAR = SR_RULE_YEAR
};

#include "text/boilerplate_rules.inc"

const size_t sr_anchored_rule_count = SR_ARRAY_COUNT(sr_anchored_rules);
const size_t sr_inner_rule_count = SR_ARRAY_COUNT(sr_inner_rules);
