/* language.c — codes, and detection in two steps: the script with the most words decides alone for
 * most scripts; among languages of one script it is the stop words that speak, and in short texts
 * the endings of words too. Either counts the more the fewer languages share it. */
#include "text/language.h"

#include "text/fold.h"
#include "text/stop_words.h"
#include "text/word_endings.h"

enum {
    MAX_WORDS = 400,
    MIN_WORDS = 5,   /* with fewer, stop words decide nothing */
    FEW_POINTS = 12, /* below, the endings of words are asked too */
    MIN_POINTS = 4,  /* of the winner: two for a stop word, one for an ending */
    STOP_WORD_POINTS = 2,
    ENDING_POINTS = 1,
    CLEAR_NUMERATOR = 5, /* the winner weighs at least 5/4 of the next */
    CLEAR_DENOMINATOR = 4,
    POINT_WEIGHT = 60 /* a point of one language; shared by n: an n-th part */
};

typedef struct language_entry {
    sr_language language;
    const char *codes;   /* ISO 639-2 codes and outdated two-letter ones */
    const char *stemmer; /* Snowball, NULL where it has none */
} language_entry;

#define L(a, b) SR_LANGUAGE((a), (b))
static const language_entry LANGUAGES[] = {
    {L('a', 'r'), "ara", "arabic"},
    {L('b', 'g'), "bul", NULL},
    {L('c', 'a'), "cat", "catalan"},
    {L('c', 's'), "ces cze", NULL},
    {L('d', 'a'), "dan", "danish"},
    {L('d', 'e'), "deu ger", "german"},
    {L('e', 'l'), "ell gre", "greek"},
    {L('e', 'n'), "eng", "english"},
    {L('e', 's'), "spa", "spanish"},
    {L('e', 'u'), "eus baq", "basque"},
    {L('f', 'a'), "fas per", NULL},
    {L('f', 'i'), "fin", "finnish"},
    {L('f', 'r'), "fra fre", "french"},
    {L('g', 'a'), "gle", "irish"},
    {L('h', 'e'), "heb iw", NULL},
    {L('h', 'i'), "hin", "hindi"},
    {L('h', 'u'), "hun", "hungarian"},
    {L('h', 'y'), "hye arm", "armenian"},
    {L('i', 'd'), "ind in", "indonesian"},
    {L('i', 't'), "ita", "italian"},
    {L('j', 'a'), "jpn", NULL},
    {L('k', 'o'), "kor", NULL},
    {L('l', 't'), "lit", "lithuanian"},
    {L('n', 'e'), "nep", "nepali"},
    {L('n', 'l'), "nld dut", "dutch"},
    {L('n', 'o'), "nor nob nno nb nn", "norwegian"},
    {L('p', 'l'), "pol", NULL},
    {L('p', 't'), "por", "portuguese"},
    {L('r', 'o'), "ron rum", "romanian"},
    {L('r', 'u'), "rus", "russian"},
    {L('s', 'r'), "srp", "serbian"},
    {L('s', 'v'), "swe", "swedish"},
    {L('t', 'a'), "tam", "tamil"},
    {L('t', 'h'), "tha", NULL},
    {L('t', 'r'), "tur", "turkish"},
    {L('u', 'k'), "ukr", NULL},
    {L('y', 'i'), "yid ji", "yiddish"},
    {L('z', 'h'), "zho chi", NULL},
};

static const sr_language STOP_LANGUAGES[SR_STOP_LANGUAGE_COUNT] = {
#define STOP_LANGUAGE(name, a, b) L(a, b),
    SR_STOP_LANGUAGE_LIST(STOP_LANGUAGE)
#undef STOP_LANGUAGE
};

typedef enum text_script {
    OTHER,
    LATIN,
    CYRILLIC,
    ARABIC,
    GREEK,
    HAN,
    KANA,
    ONE_LANGUAGE
} text_script;

/* Sorted; a script that one language decides for names it. */
static const struct {
    uint32_t first, last;
    text_script script;
    sr_language language;
} SCRIPTS[] = {
    {0x61, 0x24f, LATIN, 0},
    {0x370, 0x3ff, GREEK, 0},
    {0x400, 0x52f, CYRILLIC, 0},
    {0x531, 0x58f, ONE_LANGUAGE, L('h', 'y')},
    {0x590, 0x5ff, ONE_LANGUAGE, L('h', 'e')},
    {0x600, 0x6ff, ARABIC, 0},
    {0x750, 0x77f, ARABIC, 0},
    {0x900, 0x97f, ONE_LANGUAGE, L('h', 'i')},
    {0x980, 0x9ff, ONE_LANGUAGE, L('b', 'n')},
    {0xa00, 0xa7f, ONE_LANGUAGE, L('p', 'a')},
    {0xa80, 0xaff, ONE_LANGUAGE, L('g', 'u')},
    {0xb80, 0xbff, ONE_LANGUAGE, L('t', 'a')},
    {0xc00, 0xc7f, ONE_LANGUAGE, L('t', 'e')},
    {0xc80, 0xcff, ONE_LANGUAGE, L('k', 'n')},
    {0xd00, 0xd7f, ONE_LANGUAGE, L('m', 'l')},
    {0xd80, 0xdff, ONE_LANGUAGE, L('s', 'i')},
    {0xe00, 0xe7f, ONE_LANGUAGE, L('t', 'h')},
    {0xe80, 0xeff, ONE_LANGUAGE, L('l', 'o')},
    {0xf00, 0xfff, ONE_LANGUAGE, L('b', 'o')},
    {0x1000, 0x109f, ONE_LANGUAGE, L('m', 'y')},
    {0x10a0, 0x10ff, ONE_LANGUAGE, L('k', 'a')},
    {0x1100, 0x11ff, ONE_LANGUAGE, L('k', 'o')},
    {0x1200, 0x139f, ONE_LANGUAGE, L('a', 'm')},
    {0x1780, 0x17ff, ONE_LANGUAGE, L('k', 'm')},
    {0x1e00, 0x1eff, LATIN, 0},
    {0x1f00, 0x1fff, GREEK, 0},
    {0x3005, 0x3007, HAN, 0},
    {0x3041, 0x30ff, KANA, 0},
    {0x3400, 0x4dbf, HAN, 0},
    {0x4e00, 0x9fff, HAN, 0},
    {0xac00, 0xd7a3, ONE_LANGUAGE, L('k', 'o')},
    {0xf900, 0xfaff, HAN, 0},
    {0x20000, 0x3fffd, HAN, 0},
};

/* Letters that tell languages of one script apart; a text is of the first language whose letters
 * are frequent enough. Their share is measured against all words: a quoted foreign name does not
 * reach it. */
static const struct {
    text_script script;
    sr_language language;
    uint32_t per_mille; /* letters per thousand words */
    uint32_t letters[6];
} TELLING_LETTERS[] = {
    {CYRILLIC, L('b', 'e'), 100, {0x45e}},                                    /* ў */
    {CYRILLIC, L('u', 'k'), 100, {0x456, 0x457, 0x454, 0x491}},               /* і ї є ґ */
    {CYRILLIC, L('s', 'r'), 100, {0x458, 0x459, 0x45a, 0x45b, 0x452, 0x45f}}, /* ј љ њ ћ ђ џ */
    {CYRILLIC, L('k', 'k'), 100, {0x4d9, 0x49b, 0x4a3, 0x4b1, 0x4af, 0x4e9}}, /* ә қ ң ұ ү ө */
    {ARABIC, L('u', 'r'), 100, {0x679, 0x688, 0x691, 0x6d2, 0x6ba, 0x6be}}, /* ٹ ڈ ڑ ے ں ھ */
    {ARABIC, L('f', 'a'), 100, {0x67e, 0x686, 0x698, 0x6af, 0x6cc, 0x6a9}}, /* پ چ ژ گ ی ک */
};

typedef struct tally {
    size_t n_words; /* words of letters */
    size_t script_words[ONE_LANGUAGE];
    size_t range_words[SR_ARRAY_COUNT(SCRIPTS)]; /* for ONE_LANGUAGE */
    size_t telling[SR_ARRAY_COUNT(TELLING_LETTERS)];
    size_t yery, hard_sign; /* ы э ё against ъ: Russian against Bulgarian */
    uint32_t weights[SR_STOP_LANGUAGE_COUNT];
    uint32_t points[SR_STOP_LANGUAGE_COUNT];
} tally;

static const language_entry *find_language(sr_language language)
{
    for (size_t i = 0; i < SR_ARRAY_COUNT(LANGUAGES); i++) {
        if (LANGUAGES[i].language == language) {
            return &LANGUAGES[i];
        }
    }
    return NULL;
}

/* Is `word` one of the words of `list`, which are separated by blanks? */
static bool list_has(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *at = strstr(list, word); at; at = strstr(at + 1, word)) {
        if ((at == list || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0')) {
            return true;
        }
    }
    return false;
}

sr_language sr_language_parse(sr_str code)
{
    char letters[16];
    size_t n = 0;
    code = sr_str_trim(code);
    while (n < code.n_bytes && n < sizeof letters - 1) {
        char c = (char)(code.data[n] | 0x20);
        if (c < 'a' || c > 'z') {
            break;
        }
        letters[n++] = c;
    }
    letters[n] = '\0';
    if (n < 2) {
        return 0;
    }
    for (size_t i = 0; i < SR_ARRAY_COUNT(LANGUAGES); i++) {
        const char *name = LANGUAGES[i].stemmer;
        if (list_has(LANGUAGES[i].codes, letters) || (name && strcmp(name, letters) == 0)) {
            return LANGUAGES[i].language;
        }
    }
    return n == 2 ? SR_LANGUAGE(letters[0], letters[1]) : 0;
}

void sr_language_format(sr_language language, char code[3])
{
    code[0] = (char)(language & 0xff);
    code[1] = (char)(language >> 8);
    code[2] = '\0';
}

bool sr_stop_word(sr_language language, sr_str word)
{
    language = language ? language : L('e', 'n');
    uint32_t languages = sr_stop_word_languages(word);
    for (size_t i = 0; languages >> i; i++) {
        if (STOP_LANGUAGES[i] == language) {
            return languages >> i & 1;
        }
    }
    return false;
}

const char *sr_language_stemmer(sr_language language)
{
    const language_entry *entry = find_language(language ? language : L('e', 'n'));
    return entry ? entry->stemmer : NULL;
}

/* Index in SCRIPTS, or −1. */
static int find_script(uint32_t code_point)
{
    for (size_t i = 0; i < SR_ARRAY_COUNT(SCRIPTS) && SCRIPTS[i].first <= code_point; i++) {
        if (code_point <= SCRIPTS[i].last) {
            return (int)i;
        }
    }
    return -1;
}

/* `languages` have `points` from one word; what several share says less for each. */
static void count_points(tally *t, uint32_t languages, uint32_t points)
{
    if (languages) {
        uint32_t weight = points * POINT_WEIGHT / (uint32_t)__builtin_popcount(languages);
        for (size_t i = 0; languages >> i; i++) {
            t->weights[i] += languages >> i & 1 ? weight : 0;
            t->points[i] += languages >> i & 1 ? points : 0;
        }
    }
}

static void count_letters(tally *t, text_script script, sr_str word)
{
    uint32_t c;
    for (size_t at = 0; at < word.n_bytes;) {
        at += sr_utf8_decode(word.data + at, word.n_bytes - at, &c);
        t->hard_sign += c == 0x44a;
        t->yery += c == 0x44b || c == 0x44d || c == 0x451;
        for (size_t i = 0; i < SR_ARRAY_COUNT(TELLING_LETTERS); i++) {
            for (size_t j = 0; TELLING_LETTERS[i].script == script && j < 6; j++) {
                t->telling[i] += c == TELLING_LETTERS[i].letters[j];
            }
        }
    }
}

static void count_word(tally *t, sr_str word)
{
    uint32_t code_point;
    sr_utf8_decode(word.data, word.n_bytes, &code_point);
    int found = find_script(code_point);
    if (found < 0) {
        return; /* digits, mathematical letters, rare scripts */
    }
    text_script script = SCRIPTS[found].script;
    t->n_words++;
    if (script == ONE_LANGUAGE) {
        t->range_words[found]++;
        return;
    }
    t->script_words[script]++;
    if (script == CYRILLIC || script == ARABIC) {
        count_letters(t, script, word);
    }
    if (script != HAN && script != KANA) {
        count_points(t, sr_stop_word_languages(word), STOP_WORD_POINTS);
    }
}

static size_t find_heaviest(const tally *t)
{
    size_t best = 0;
    for (size_t i = 1; i < SR_STOP_LANGUAGE_COUNT; i++) {
        best = t->weights[i] > t->weights[best] ? i : best;
    }
    return best;
}

/* The language whose words weigh most, 0 where there are too few or another is close. */
static sr_language decide_by_words(const tally *t)
{
    size_t best = find_heaviest(t);
    uint32_t second = 0;
    for (size_t i = 0; i < SR_STOP_LANGUAGE_COUNT; i++) {
        second = i != best && t->weights[i] > second ? t->weights[i] : second;
    }
    bool clear = t->weights[best] * CLEAR_DENOMINATOR >= second * CLEAR_NUMERATOR;
    return t->n_words >= MIN_WORDS && t->points[best] >= MIN_POINTS && clear ? STOP_LANGUAGES[best]
                                                                             : 0;
}

static sr_language decide_by_letters(const tally *t, text_script script)
{
    for (size_t i = 0; i < SR_ARRAY_COUNT(TELLING_LETTERS); i++) {
        if (TELLING_LETTERS[i].script == script &&
            t->telling[i] * 1000 > t->script_words[script] * TELLING_LETTERS[i].per_mille) {
            return TELLING_LETTERS[i].language;
        }
    }
    if (script == ARABIC) {
        return L('a', 'r');
    }
    return t->yery == 0 && t->hard_sign * 20 > t->script_words[CYRILLIC] ? L('b', 'g')
                                                                         : L('r', 'u');
}

static sr_language decide(const tally *t)
{
    size_t n_cjk = t->script_words[HAN] + t->script_words[KANA];
    if (n_cjk * 3 >= t->n_words &&
        n_cjk) { /* a character is a word: names in Latin letters must not win */
        return t->script_words[KANA] * 10 >= n_cjk ? L('j', 'a') : L('z', 'h');
    }
    size_t most = 0;
    sr_language language = 0;
    for (size_t i = 0; i < SR_ARRAY_COUNT(SCRIPTS); i++) {
        if (t->range_words[i] > most) {
            most = t->range_words[i];
            language = SCRIPTS[i].language;
        }
    }
    text_script script = OTHER;
    for (size_t i = LATIN; i <= GREEK; i++) {
        if (t->script_words[i] > most) {
            most = t->script_words[i];
            script = (text_script)i;
        }
    }
    if (script == OTHER) {
        return language;
    }
    return script == GREEK   ? L('e', 'l')
           : script == LATIN ? decide_by_words(t)
                             : decide_by_letters(t, script);
}

sr_language sr_language_detect(const sr_words *words)
{
    tally t = {.n_words = 0};
    for (size_t i = 0; i < words->n_words && i < MAX_WORDS; i++) {
        count_word(&t, sr_word(words, i));
    }
    if (t.script_words[LATIN] * 2 > t.n_words && t.points[find_heaviest(&t)] < FEW_POINTS) {
        for (size_t i = 0; i < words->n_words && i < MAX_WORDS; i++) {
            sr_str word = sr_word(words, i);
            if (!sr_stop_word_languages(word)) {
                count_points(&t, sr_word_ending_languages(word), ENDING_POINTS);
            }
        }
    }
    return decide(&t);
}
