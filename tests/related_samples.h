/* related_samples.h — a few articles on four topics, and stores of them to ask for boxes. */
#ifndef RELATED_SAMPLES_H
#define RELATED_SAMPLES_H

#include "store_fixture.h"

#include "related/boxes.h"

enum { DAY_S = 86400, BASE_S = 1779753600 /* 2026-05-26 */ };

#define HARBOUR "The harbour council of Veldmoor voted on the tide barrier, engineers said. "
#define BARRIER "Engineers expect the tide barrier to protect the harbour warehouses from floods. "
#define FERRY "Ferry crews moor behind the barrier when the harbour master orders it. "
#define LEAGUE "Striker Okonjo scored twice as Brackwater won the league match. "
#define COACH                                                                                      \
    "The coach praised the striker and the young goalkeeper of Brackwater after the match. "
#define ORCHARD "Apple growers count frost damage in the orchards of the Selm valley. "
#define GERMAN "Der Stadtrat von Talheim hat den neuen Haushalt mit grosser Mehrheit beschlossen. "

typedef struct sample {
    const char *id, *title, *text, *source, *language, *tags;
    int64_t published_s;
} sample;

static const sample SAMPLES[] = {
    {"h1", "Veldmoor votes on tide barrier", HARBOUR BARRIER "Costs rise to ninety millions.",
     "Post", "en", "city, water", BASE_S},
    {"h2", "Barrier before floods", BARRIER "A second vote follows in June.", "Post", "en", "water",
     BASE_S - 10 * DAY_S},
    {"h3", "Ferries and barrier", FERRY "Timetables change in the harbour next spring.", "Post",
     "en", "sea", BASE_S - 200 * DAY_S},
    {"h4", "Harbour council meets", HARBOUR "The mayor of Veldmoor asked for patience.", "Mail",
     "en", "city", BASE_S + 3 * DAY_S},
    {"h5", "Barrier engineers resign", BARRIER FERRY "Two engineers resigned over the plans.",
     "Echo", "en", "", SR_TIME_UNKNOWN},
    {"f1", "Okonjo scores twice", LEAGUE COACH "Fans sang until midnight.", "Mail", "en", "sport",
     BASE_S - DAY_S},
    {"f2", "Brackwater wins", LEAGUE "The next match is away.", "Echo", "en", "sport",
     BASE_S - 2 * DAY_S},
    {"f3", "Young goalkeeper praised", COACH "He is nineteen.", "Post", "en", "sport",
     BASE_S - 3 * DAY_S},
    {"o1", "Frost in the orchards", ORCHARD "Prices may double.", "Post", "en", "",
     BASE_S - 4 * DAY_S},
    {"d1", "Haushalt beschlossen", GERMAN "Die Opposition stimmte dagegen.", "Bote", "de", "",
     BASE_S + 9 * DAY_S},
};
enum { N_SAMPLES = sizeof SAMPLES / sizeof *SAMPLES };

static inline sr_article to_article(const sample *from)
{
    return (sr_article){.id = sr_str_of(from->id),
                        .title = sr_str_of(from->title),
                        .text = sr_str_of(from->text),
                        .source = sr_str_of(from->source),
                        .language = sr_str_of(from->language),
                        .tags = sr_str_of(from->tags),
                        .published_s = from->published_s};
}

typedef struct fixture {
    char *dir;
    sr_store *store;
    sr_boxes *boxes;
    sr_related_options options;
    sr_error error;
} fixture;

static inline void add_samples(sr_store *store, const sample *samples, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        sr_article article = to_article(&samples[i]);
        assert_int_equal(sr_store_add_articles(store, &article, 1, NULL, NULL), SR_OK);
    }
    uint64_t commit;
    assert_int_equal(sr_store_commit(store, &commit, NULL), SR_OK);
}

/* A store of these articles, a commit a piece of `per_commit`. */
static inline void open_store(fixture *f, const sample *samples, size_t n, size_t per_commit,
                              bool dedup_only)
{
    *f = (fixture){.dir = fixture_directory()};
    sr_params params;
    sr_params_init(&params);
    assert_int_equal(sr_store_init(f->dir, &params, dedup_only, NULL), SR_OK);
    assert_int_equal(sr_store_open(f->dir, SR_STORE_WRITE, NULL, &f->store, NULL), SR_OK);
    for (size_t i = 0; i < n; i += per_commit) {
        add_samples(f->store, samples + i, n - i < per_commit ? n - i : per_commit);
    }
    sr_store_close(f->store);
    assert_int_equal(sr_store_open(f->dir, SR_STORE_READ, NULL, &f->store, NULL), SR_OK);
    sr_related_options_init(&f->options);
}

static inline void close_store(fixture *f)
{
    sr_boxes_free(f->boxes);
    sr_store_close(f->store);
    fixture_remove_directory(f->dir);
}

#endif
