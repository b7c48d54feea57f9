/* gen_feed — writes large synthetic feeds (JSON Lines) with recorded truth, for tests of speed and
 * quality.
 *
 *     gen_feed --articles 1000000 --copies 0.3 --seed 7 --truth truth.tsv -o feed.jsonl
 *
 * Words are invented, their frequencies Zipfian; an article mixes words of the language, of its
 * topic and of its story, so that related articles exist. Stories live within BLOCK consecutive
 * articles. Copies are made as syndication makes them: exact, under another site's header and
 * footer, with words edited, cut short, with paragraphs shuffled; on demand, edits spare numbers
 * and names in one kind and change nothing else in another. Templates share a form and differ in
 * every number and name: they must not be merged. Every article is a function of the seed and its
 * number alone: a copy makes its original again instead of keeping it, so memory is constant, and
 * the first articles of a longer feed are those of a shorter one (but for their dates). Truth: id,
 * group, kind, param, story, with a header line. Articles of one group are copies of one original;
 * param is the share of words edited or kept; story is "-" outside of stories, and the number of
 * the form for templates. Random numbers: splitmix64 and xoshiro256** (Blackman and Vigna, public
 * domain). Nothing depends on libm or locale.
 */
#include "record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fail(const char *what)
{
    fprintf(stderr, "gen_feed: %s\n", what);
    exit(2);
}

static void write_truth(FILE *file, const article *a)
{
    fprintf(file, "n%08llu\t%llu\t%s\t0.%04u\t", (unsigned long long)a->number,
            (unsigned long long)a->origin, KIND_NAMES[a->kind], (unsigned)a->param);
    if (a->kind == TEMPLATE) {
        fprintf(file, "form%llu\n", (unsigned long long)a->form);
    } else if (a->theme.story & NO_STORY) {
        fputs("-\n", file);
    } else {
        fprintf(file, "s%llu\n", (unsigned long long)a->theme.story);
    }
}

static void write_all(const options *o, FILE *out, FILE *truth)
{
    static article a;
    line l = {NULL, 0, 0};
    if (truth) {
        fputs("id\tgroup\tkind\tparam\tstory\n", truth);
    }
    for (uint64_t i = 0; i < o->articles; i++) {
        article_make(o, i, &a);
        put_record(&l, o, &a);
        if (truth) {
            write_truth(truth, &a);
        }
        if (l.n > 1 << 18 || i + 1 == o->articles) {
            if (fwrite(l.bytes, 1, l.n, out) != l.n) {
                fail("writing the feed failed");
            }
            l.n = 0;
        }
    }
    free(l.bytes);
}

static const char USAGE[] =
    "usage: gen_feed --articles N [options] [-o FILE]\n"
    "  --articles N           how many; 1 to 99999999\n"
    "  --copies SHARE         share of copies, default 0.3\n"
    "  --templates SHARE      share of notices of one form with other facts, default 0.02\n"
    "  --edits any|split      split: of edited copies, half spare numbers and names (edit-words), "
    "half\n"
    "                         change 1 to 3 % of the words, all of them numbers and names "
    "(edit-facts)\n"
    "  --median-words N       words an article, default 250\n"
    "  --languages L[=W],…    of latin, cyrillic, cjk, each with its weight; default latin\n"
    "  --seed S               default 1\n"
    "  --truth FILE           where id, group, kind, param, story go\n"
    "  -o FILE                the feed, default - (standard output)\n";

static uint64_t parse_number(const char *value, uint64_t low, uint64_t high)
{
    char *end = NULL;
    uint64_t n = value[0] >= '0' && value[0] <= '9' ? strtoull(value, &end, 10) : 0;
    if (!end || *end || n < low || n > high) {
        fail("a number is missing or out of range; see --help");
    }
    return n;
}

/* "0.3", ".05", "1": four decimals at most, in ten-thousandths. */
static uint32_t parse_share(const char *value)
{
    uint32_t share = 0, unit = SHARE_ONE;
    const char *at = value;
    if (*at == '0' || *at == '1') {
        share = *at++ == '1' ? SHARE_ONE : 0;
    }
    if (*at == '.') {
        for (at++; *at >= '0' && *at <= '9' && unit > 1; at++) {
            unit /= 10;
            share += (uint32_t)(*at - '0') * unit;
        }
    }
    if (at == value || *at || share > SHARE_ONE) {
        fail("a share is a number from 0 to 1 with four decimals at most");
    }
    return share;
}

static void parse_languages(const char *value)
{
    languages[0].weight = 0;
    while (*value) {
        size_t n = strcspn(value, ",="), i = 0;
        while (i < MAX_LANGUAGES &&
               (strlen(languages[i].name) != n || memcmp(languages[i].name, value, n) != 0)) {
            i++;
        }
        if (i == MAX_LANGUAGES) {
            fail("a language is latin, cyrillic or cjk");
        }
        languages[i].weight = 1;
        value += n;
        if (*value == '=') {
            char weight[8] = "";
            n = strcspn(++value, ",");
            memcpy(weight, value, n < sizeof weight ? n : sizeof weight - 1);
            languages[i].weight = (uint32_t)parse_number(weight, 1, 9999);
            value += n;
        }
        value += *value == ',';
    }
    if (languages[0].weight + languages[1].weight + languages[2].weight == 0) {
        fail("no language");
    }
}

static void parse(int argc, char **argv, options *o)
{
    for (int i = 1; i < argc; i++) {
        const char *name = argv[i];
        if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
            fputs(USAGE, stdout);
            exit(0);
        }
        const char *value = i + 1 < argc ? argv[++i] : "";
        if (strcmp(name, "--articles") == 0) {
            o->articles = parse_number(value, 1, 99999999);
        } else if (strcmp(name, "--copies") == 0) {
            o->copies = parse_share(value);
        } else if (strcmp(name, "--templates") == 0) {
            o->templates = parse_share(value);
        } else if (strcmp(name, "--edits") == 0 &&
                   (strcmp(value, "any") == 0 || strcmp(value, "split") == 0)) {
            o->split_edits = value[0] == 's';
        } else if (strcmp(name, "--median-words") == 0) {
            o->median_words = (uint32_t)parse_number(value, 1, MAX_WORDS);
        } else if (strcmp(name, "--languages") == 0) {
            parse_languages(value);
        } else if (strcmp(name, "--seed") == 0) {
            o->seed = parse_number(value, 0, UINT64_MAX);
        } else if (strcmp(name, "--truth") == 0 && *value) {
            o->truth = value;
        } else if (strcmp(name, "-o") == 0 && *value) {
            o->out = value;
        } else {
            fputs(USAGE, stderr);
            exit(2);
        }
    }
    if (o->articles == 0 || o->copies + o->templates > SHARE_ONE) {
        fail("--articles is needed, and copies and templates are at most 1 together; see --help");
    }
}

static FILE *open_output(const char *path)
{
    FILE *file = strcmp(path, "-") == 0 ? stdout : fopen(path, "wb");
    if (!file) {
        perror(path);
        exit(2);
    }
    return file;
}

int main(int argc, char **argv)
{
    options o = {.seed = 1, .copies = 3000, .templates = 200, .median_words = 250, .out = "-"};
    languages[0].weight = 1;
    parse(argc, argv, &o);
    if (!words_prepare()) {
        fail("out of memory");
    }
    FILE *out = open_output(o.out), *truth = o.truth ? open_output(o.truth) : NULL;
    write_all(&o, out, truth);
    if (fclose(out) != 0 || (truth && fclose(truth) != 0)) {
        fail("writing failed");
    }
    words_release();
    return 0;
}
