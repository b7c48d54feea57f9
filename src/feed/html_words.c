/* html_words.c — names are cut into words at what is no letter and before capitals ("shareBar",
 * "share-bar"); a word is looked up as a whole, because "share" is furniture and "shareholder" is
 * not. */
#include "feed/html_words.h"

enum { MAX_WORD = 20 };

typedef struct name_word {
    char word[MAX_WORD];
    uint8_t judgement;
} name_word;

#define F SR_HTML_NAME_FURNITURE
#define D SR_HTML_NAME_DOUBTFUL
#define A SR_HTML_NAME_ARTICLE
/* Sorted. */
static const name_word WORDS[] = {
    {"ad", F},
    {"adbox", F},
    {"ads", F},
    {"adsense", F},
    {"advert", F},
    {"advertisement", F},
    {"advertising", F},
    {"agegate", F},
    {"aria", 0},
    {"article", A},
    {"attribution", D},
    {"author", D},
    {"banner", F},
    {"bio", D},
    {"blog", A},
    {"body", A},
    {"bottom", D},
    {"breadcrumb", F},
    {"breadcrumbs", F},
    {"button", D},
    {"buttons", F},
    {"byline", F},
    {"caption", F},
    {"captions", F},
    {"carousel", F},
    {"comment", F},
    {"commentaires", F},
    {"commentary", 0},
    {"commenting", F},
    {"comments", F},
    {"complementary", F},
    {"consent", F},
    {"contentinfo", F},
    {"cookie", F},
    {"cookies", F},
    {"copyright", F},
    {"credit", F},
    {"credits", F},
    {"dateline", D},
    {"dialog", F},
    {"disclaimer", F},
    {"disqus", F},
    {"dropdown", F},
    {"entry", A},
    {"extra", D},
    {"facebook", D},
    {"feedback", F},
    {"follow", F},
    {"footer", F},
    {"footnote", 0},
    {"gdpr", F},
    {"hidden", D},
    {"hnews", A},
    {"infobox", D},
    {"inread", F},
    {"instagram", D},
    {"interstitial", F},
    {"keywords", F},
    {"legal", F},
    {"livefyre", F},
    {"login", F},
    {"main", A},
    {"masthead", F},
    {"menu", F},
    {"meta", D},
    {"metadata", D},
    {"modal", F},
    {"more", D},
    {"nav", F},
    {"navbar", F},
    {"navigation", F},
    {"news", A},
    {"newsletter", F},
    {"newsletters", F},
    {"noprint", D},
    {"offscreen", F},
    {"outbrain", F},
    {"overlay", F},
    {"page", A},
    {"pager", F},
    {"pagination", F},
    {"paywall", D},
    {"permutive", F},
    {"popular", F},
    {"popup", F},
    {"post", A},
    {"print", D},
    {"promo", F},
    {"promoted", F},
    {"promotion", F},
    {"pullquote", D},
    {"rail", D},
    {"rating", F},
    {"readmore", F},
    {"recirc", F},
    {"recirculation", F},
    {"recommend", F},
    {"recommendation", F},
    {"recommendations", F},
    {"recommended", F},
    {"register", F},
    {"relacionados", F},
    {"related", F},
    {"rss", D},
    {"screenreader", F},
    {"search", F},
    {"share", F},
    {"sharebar", F},
    {"sharedaddy", F},
    {"shares", F},
    {"sharing", F},
    {"shop", D},
    {"sidebar", F},
    {"signin", F},
    {"signup", F},
    {"sitemap", F},
    {"skip", F},
    {"slideshow", D},
    {"social", F},
    {"sponsor", F},
    {"sponsored", F},
    {"story", A},
    {"subscribe", F},
    {"subscription", D},
    {"survey", F},
    {"taboola", F},
    {"tags", F},
    {"taxonomy", F},
    {"teaser", D},
    {"text", A},
    {"thumbnails", F},
    {"timestamp", D},
    {"toc", F},
    {"toolbar", F},
    {"tools", F},
    {"tooltip", F},
    {"trending", F},
    {"tweet", 0},
    {"twitter", D},
    {"video", D},
    {"widget", D},
    {"widgets", D},
    {"zergnet", F},
};
#undef F
#undef D
#undef A

/* Pairs of words that say more than each alone. */
static const struct {
    char first[MAX_WORD];
    char second[MAX_WORD];
    uint8_t judgement;
} PAIRS[] = {
    {"article", "body", SR_HTML_NAME_BODY},      {"article", "content", SR_HTML_NAME_BODY},
    {"article", "text", SR_HTML_NAME_BODY},      {"body", "copy", SR_HTML_NAME_BODY},
    {"body", "text", SR_HTML_NAME_BODY},         {"entry", "content", SR_HTML_NAME_BODY},
    {"post", "body", SR_HTML_NAME_BODY},         {"post", "content", SR_HTML_NAME_BODY},
    {"story", "body", SR_HTML_NAME_BODY},        {"story", "content", SR_HTML_NAME_BODY},
    {"story", "text", SR_HTML_NAME_BODY},        {"most", "read", SR_HTML_NAME_FURNITURE},
    {"most", "viewed", SR_HTML_NAME_FURNITURE},  {"read", "more", SR_HTML_NAME_FURNITURE},
    {"read", "next", SR_HTML_NAME_FURNITURE},    {"up", "next", SR_HTML_NAME_FURNITURE},
    {"see", "also", SR_HTML_NAME_FURNITURE},     {"sign", "up", SR_HTML_NAME_FURNITURE},
    {"sr", "only", SR_HTML_NAME_HIDDEN},         {"visually", "hidden", SR_HTML_NAME_HIDDEN},
    {"screen", "reader", SR_HTML_NAME_HIDDEN},   {"more", "stories", SR_HTML_NAME_FURNITURE},
    {"more", "from", SR_HTML_NAME_FURNITURE},    {"more", "on", SR_HTML_NAME_FURNITURE},
    {"author", "bio", SR_HTML_NAME_FURNITURE},   {"about", "author", SR_HTML_NAME_FURNITURE},
    {"author", "box", SR_HTML_NAME_FURNITURE},   {"author", "info", SR_HTML_NAME_FURNITURE},
    {"no", "print", SR_HTML_NAME_DOUBTFUL},      {"post", "meta", SR_HTML_NAME_FURNITURE},
    {"entry", "meta", SR_HTML_NAME_FURNITURE},   {"article", "meta", SR_HTML_NAME_FURNITURE},
    {"entry", "footer", SR_HTML_NAME_FURNITURE},
};

static unsigned judge_word(const char *word)
{
    size_t low = 0;
    size_t high = SR_ARRAY_COUNT(WORDS);
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(word, WORDS[middle].word);
        if (order == 0) {
            return WORDS[middle].judgement;
        }
        low = order > 0 ? middle + 1 : low;
        high = order > 0 ? high : middle;
    }
    return 0;
}

static unsigned judge_pair(const char *first, const char *second)
{
    for (size_t i = 0; i < SR_ARRAY_COUNT(PAIRS); i++) {
        if (first[0] == PAIRS[i].first[0] && strcmp(first, PAIRS[i].first) == 0 &&
            strcmp(second, PAIRS[i].second) == 0) {
            return PAIRS[i].judgement;
        }
    }
    return 0;
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_letter(char c)
{
    return is_upper(c) || (c >= 'a' && c <= 'z');
}

/* Takes the next word, lower-case and cut to what the tables can hold; false at the end. */
static bool take_word(sr_str *rest, char word[MAX_WORD])
{
    const char *c = rest->data;
    const char *end = rest->data + rest->n_bytes;
    while (c < end && !is_letter(*c)) {
        c++;
    }
    size_t n = 0;
    const char *start = c;
    for (; c < end && is_letter(*c) && !(c > start && is_upper(*c) && !is_upper(c[-1])); c++) {
        if (n + 1 < MAX_WORD) {
            word[n++] = (char)(*c | 0x20);
        }
    }
    word[n] = '\0';
    *rest = sr_str_make(c, (size_t)(end - c));
    return n > 0;
}

unsigned sr_html_names_judge(sr_str names)
{
    char words[2][MAX_WORD] = {"", ""};
    unsigned judgement = 0;
    for (unsigned turn = 0; names.n_bytes && take_word(&names, words[turn & 1]); turn++) {
        judgement |= judge_word(words[turn & 1]);
        judgement |= judge_pair(words[(turn + 1) & 1], words[turn & 1]);
    }
    return judgement;
}
