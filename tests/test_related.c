/* test_related.c — boxes over small stores made through the public calls. */
#include "related_samples.h"

#include <omp.h>

static sr_status ask(fixture *f, sr_query query)
{
    sr_boxes_free(f->boxes);
    f->boxes = NULL;
    return sr_related(f->store, &query, 1, &f->options, &f->boxes, &f->error);
}

/* The ids of the box, in order, separated by blanks; a fallback item in brackets, "+n" for the
 * folded ones. */
static const char *ids(const fixture *f)
{
    static char text[512];
    size_t n = 0;
    text[0] = '\0';
    sr_item item;
    for (size_t i = 0; sr_boxes_item(f->boxes, 0, i, &item); i++) {
        char also[16] = "";
        if (item.n_also) {
            snprintf(also, sizeof also, "+%u", item.n_also);
        }
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s%.*s%s%s", i ? " " : "",
                              item.fallback ? "(" : "", (int)item.article.id.n_bytes,
                              item.article.id.data, also, item.fallback ? ")" : "");
    }
    return text;
}

static double score_of(const fixture *f, const char *id)
{
    sr_item item;
    for (size_t i = 0; sr_boxes_item(f->boxes, 0, i, &item); i++) {
        if (sr_str_equal_text(item.article.id, id)) {
            return item.score;
        }
    }
    return -1.0;
}

static void assert_ids(const fixture *f, const char *expected)
{
    assert_string_equal(ids(f), expected);
}

static void topics_stay_together(void **state)
{
    (void)state;
    fixture f;
    open_store(&f, SAMPLES, N_SAMPLES, N_SAMPLES, false);
    f.options.half_life_s = 0.0;
    f.options.max_per_source = 0;
    f.options.n_items = 4;
    assert_int_equal(ask(&f, (sr_query){.id = "h1"}), SR_OK);
    sr_item item;
    double last = 1.0;
    for (size_t i = 0; sr_boxes_item(f.boxes, 0, i, &item); i++) {
        assert_int_equal(item.article.id.data[0], 'h');
        assert_false(sr_str_equal_text(item.article.id, "h1"));
        assert_true(item.score > 0.0 && item.score <= last);
        last = item.score;
    }
    assert_int_equal(sr_boxes_item_count(f.boxes, 0), 4);
    assert_true(sr_boxes_item(f.boxes, 0, 0, &item));
    assert_true(item.article.title.n_bytes && item.article.lead.n_bytes &&
                item.article.source.n_bytes);
    assert_int_equal(ask(&f, (sr_query){.id = "f1"}), SR_OK);
    assert_true(score_of(&f, "f2") > 0.0 && score_of(&f, "f3") > 0.0);
    close_store(&f);
}

static void a_box_is_always_full_and_says_what_is_fallback(void **state)
{
    (void)state;
    fixture f;
    open_store(&f, SAMPLES, N_SAMPLES, N_SAMPLES, false);
    f.options.max_per_source = 0;
    f.options.n_items = 6;
    /* Nothing shares a term with the frost: the newest in English, undated last, never the German
     * one. */
    assert_int_equal(ask(&f, (sr_query){.id = "o1"}), SR_OK);
    assert_ids(&f, "(h4) (h1) (f1) (f2) (f3) (h2)");
    f.options.n_items = 9;
    assert_int_equal(ask(&f, (sr_query){.id = "o1"}), SR_OK);
    assert_ids(&f, "(h4) (h1) (f1) (f2) (f3) (h2) (h3) (h5)");
    assert_non_null(f.boxes->boxes[0].shortage);
    /* Who asks for a score gets no fallback. */
    f.options.min_score = 0.1;
    assert_int_equal(ask(&f, (sr_query){.id = "o1"}), SR_OK);
    assert_ids(&f, "");
    assert_non_null(f.boxes->boxes[0].shortage);
    close_store(&f);
}

static void a_cap_is_a_preference(void **state)
{
    (void)state;
    static const sample CAPPED[] = {
        {"p1", "One", HARBOUR COACH ORCHARD "Alpha beta.", "Post", "en", "", BASE_S},
        {"p2", "Two", FERRY GERMAN ORCHARD "Gamma delta.", "Post", "en", "", BASE_S},
        {"p3", "Three", BARRIER COACH GERMAN "Epsilon zeta eta theta.", "Post", "en", "", BASE_S},
        {"m1", "Four", FERRY "Iota kappa lambda my ny.", "Mail", "en", "", BASE_S},
        {"n1", "Five", "The harbour was calm, witnesses and neighbours told.", "", "en", "",
         BASE_S},
        {"n2", "Six", "A barrier fell over on a road near the border today.", "", "en", "", BASE_S},
        {"n3", "Seven", "Warehouses were sold to a builder for a small price.", "", "en", "",
         BASE_S},
        {"x", "Eight", "Completely other words about gardens and poetry.", "Post", "en", "",
         BASE_S},
    };
    static const sample QUERY = {"q", "Tide barrier", HARBOUR BARRIER FERRY, "", "en", "", BASE_S};
    fixture f;
    open_store(&f, CAPPED, sizeof CAPPED / sizeof *CAPPED, 100, false);
    sr_article query = to_article(&QUERY);
    f.options.n_items = 6;
    assert_int_equal(ask(&f, (sr_query){.article = &query}), SR_OK);
    assert_int_equal(sr_boxes_item_count(f.boxes, 0), 6);
    uint32_t n_post = 0;
    sr_item item;
    for (size_t i = 0; sr_boxes_item(f.boxes, 0, i, &item); i++) {
        n_post += sr_str_equal_text(item.article.source, "Post");
    }
    assert_int_equal(n_post, 2); /* and the three without a source are not capped */
    f.options.n_items = 7;
    assert_int_equal(ask(&f, (sr_query){.article = &query}), SR_OK);
    assert_true(score_of(&f, "p3") > 0.0);
    double last = 1.0; /* the late one stands where its score says */
    for (size_t i = 0; sr_boxes_item(f.boxes, 0, i, &item); i++) {
        assert_false(item.fallback);
        assert_true(item.score <= last);
        last = item.score;
    }
    close_store(&f);
}

#define LONG_A                                                                                     \
    "Surveyors walked the northern dyke on Monday and found seventeen leaks below the old "        \
    "pumping station. "                                                                            \
    "Repairs begin once the spring tide has passed, the water board announced in a short "         \
    "statement. "                                                                                  \
    "Farmers in the lowland villages were told to move cattle to higher meadows before the "       \
    "weekend. "
#define LONG_B                                                                                     \
    "An insurance group doubts the figures and wants its own count of leaks along the northern "   \
    "dyke. "                                                                                       \
    "Its experts arrive in the villages next week with drones and a small boat, a speaker "        \
    "explained. "                                                                                  \
    "The water board welcomed the visit but warned against walking on the soft crown of the dyke " \
    "there. "

/* Half of each text is the other's: too little for a copy; with one title it is the same report
 * again. */
static void versions_under_one_title_are_folded(void **state)
{
    (void)state;
    static const sample VERSIONS[] = {
        {"v1", "Leaks in the dyke", LONG_A FERRY ORCHARD LEAGUE, "Post", "en", "", BASE_S},
        {"v2", "Leaks in the dyke", LONG_A COACH BARRIER "More soon.", "Post", "en", "", BASE_S},
        {"w1", "Cattle moved", LONG_A GERMAN HARBOUR "It rains.", "Mail", "en", "", BASE_S},
    };
    static const sample QUERY = {
        "q", "Meadows", "The northern dyke leaks: farmers, cattle, meadows.", "", "en", "", BASE_S};
    fixture f;
    open_store(&f, VERSIONS, sizeof VERSIONS / sizeof *VERSIONS, 100, false);
    sr_article query = to_article(&QUERY);
    assert_int_equal(ask(&f, (sr_query){.article = &query}), SR_OK);
    assert_int_equal(sr_boxes_item_count(f.boxes, 0), 2);
    sr_item items[2];
    assert_true(sr_boxes_item(f.boxes, 0, 0, &items[0]) && sr_boxes_item(f.boxes, 0, 1, &items[1]));
    bool first_is_v = items[0].article.id.data[0] == 'v';
    assert_int_equal(items[!first_is_v].article.id.data[0], 'v');
    assert_int_equal(items[!first_is_v].n_also, 1);
    assert_int_equal(items[first_is_v].n_also, 0);
    close_store(&f);
}

/* Two reports of other words under one headline are one item, and none of the page's own. */
static void equal_headlines_are_folded(void **state)
{
    (void)state;
    static const sample REPORTS[] = {
        {"h1", "Cows taken off the flooded meadows", LONG_A FERRY, "Post", "en", "", BASE_S},
        {"h2", " Cows taken off the flooded meadows", LONG_B COACH, "Mail", "en", "", BASE_S},
        {"s1", "Letters", "The dyke is a matter for farmers. " ORCHARD LEAGUE, "Post", "en", "",
         BASE_S},
        {"s2", "Letters", "Whose cattle, whose meadows? " BARRIER GERMAN, "Mail", "en", "", BASE_S},
        {"q1", "A dyke that leaks", "Boats for the villages. " HARBOUR, "Echo", "en", "", BASE_S},
        {"h3", "Cows taken off the flooded meadows - Lowland Post", "", "Echo", "en", "", BASE_S},
        {"q2", "A dyke that leaks | Radio 100.7", "", "Radio", "en", "", BASE_S},
    };
    static const sample QUERY = {"q",
                                 "A dyke that leaks",
                                 "The northern dyke leaks: farmers, cattle, meadows, insurers, "
                                 "villages, boats.",
                                 "",
                                 "en",
                                 "",
                                 BASE_S};
    fixture f;
    open_store(&f, REPORTS, sizeof REPORTS / sizeof *REPORTS, 100, false);
    sr_article query = to_article(&QUERY);
    assert_int_equal(ask(&f, (sr_query){.article = &query}), SR_OK);
    assert_int_equal(sr_boxes_item_count(f.boxes, 0), 3);
    for (size_t i = 0; i < 3; i++) {
        sr_item item;
        assert_true(sr_boxes_item(f.boxes, 0, i, &item));
        assert_true(item.article.id.data[0] == 'h' || item.article.id.data[0] == 's');
        assert_int_equal(item.n_also, item.article.id.data[0] == 'h' ? 2 : 0);
    }
    close_store(&f);
}

/* What shares next to nothing fills the box, and is marked. */
static void the_hardly_related_is_marked(void **state)
{
    (void)state;
    enum { N = 120 };
    static sample many[N];
    static char texts[N][80];
    static char ids[N][8];
    for (unsigned i = 0; i < N; i++) {
        snprintf(ids[i], sizeof ids[i], "m%u", i);
        snprintf(texts[i], sizeof texts[i], "Harbour %s kord%c%c velm%c%c tusp%c%c.",
                 i < 2 ? "barrier gates" : "", 'a' + i % 26, 'a' + i / 26, 'b' + i % 25,
                 'a' + i / 25, 'c' + i % 24, 'a' + i / 24);
        many[i] = (sample){ids[i], "", texts[i], "Post", "en", "", BASE_S};
    }
    fixture f;
    open_store(&f, many, N, 1000, false);
    f.options.n_items = 3;
    assert_int_equal(ask(&f, (sr_query){.id = "m0"}), SR_OK);
    sr_item item;
    assert_int_equal(sr_boxes_item_count(f.boxes, 0), 3);
    assert_true(sr_boxes_item(f.boxes, 0, 0, &item) && !item.fallback);
    assert_true(sr_str_equal_text(item.article.id, "m1"));
    assert_true(sr_boxes_item(f.boxes, 0, 1, &item) && item.fallback);
    assert_true(item.score > 0.0 && item.score < 0.1);
    close_store(&f);
}

static void repeats_are_folded(void **state)
{
    (void)state;
    static const sample COPIES[] = {
        {"a1", "Leaks in the dyke", LONG_A LONG_B, "Post", "en", "", BASE_S},
        {"a2", "Leaks found", LONG_A LONG_B, "Mail", "en", "", BASE_S},
        {"a3", "Seventeen leaks", LONG_A LONG_B "More soon.", "Echo", "en", "", BASE_S},
        {"q2", "Copy of the question", LONG_B FERRY, "Post", "en", "", BASE_S},
        {"e1", "Only an excerpt", LONG_B, "Bote", "en", "", BASE_S},
        {"b1", "Villages wait",
         "Villages wait for the insurance experts, their drones and one small boat.", "Sun", "en",
         "", BASE_S},
    };
    static const sample QUERY = {"q",   "Insurers at the dyke", LONG_B FERRY "Ends.", "", "en", "",
                                 BASE_S};
    fixture f;
    open_store(&f, COPIES, sizeof COPIES / sizeof *COPIES, 100, false);
    sr_article query = to_article(&QUERY);
    f.options.half_life_s = 0.0;
    f.options.n_items = 2;
    assert_int_equal(ask(&f, (sr_query){.article = &query}), SR_OK);
    /* q2 is the query again and e1 an excerpt of it; a1, a2, a3 are one story in three places. */
    sr_item item;
    assert_int_equal(sr_boxes_item_count(f.boxes, 0), 2);
    assert_true(sr_boxes_item(f.boxes, 0, 0, &item));
    assert_int_equal(item.article.id.data[0], 'a');
    assert_int_equal(item.n_also, 2);
    assert_int_equal(f.boxes->boxes[0].items[0].also[0].id.data[0], 'a');
    assert_true(sr_boxes_item(f.boxes, 0, 1, &item));
    assert_true(sr_str_equal_text(item.article.id, "b1") && !item.fallback);
    assert_int_equal(item.n_also, 0);
    /* A plain ranking folds nothing. */
    f.options.ranking = true;
    f.options.n_items = 100;
    assert_int_equal(ask(&f, (sr_query){.article = &query}), SR_OK);
    assert_int_equal(sr_boxes_item_count(f.boxes, 0), 6);
    assert_int_equal(ask(&f, (sr_query){.id = "a1"}), SR_OK);
    assert_int_equal(sr_boxes_item_count(f.boxes, 0), 5);
    assert_true(score_of(&f, "a1") < 0.0);
    assert_true(score_of(&f, "a2") > 0.8);
    close_store(&f);
}

static void filters_hold_for_ranked_and_fallback(void **state)
{
    (void)state;
    fixture f;
    open_store(&f, SAMPLES, N_SAMPLES, 3, false);
    f.options.n_items = 8;
    f.options.source = "Mail";
    assert_int_equal(ask(&f, (sr_query){.id = "h1"}), SR_OK);
    assert_ids(&f, "h4 (f1)");
    f.options.source = NULL;
    f.options.tag = "water";
    assert_int_equal(ask(&f, (sr_query){.id = "h4"}), SR_OK);
    assert_true(score_of(&f, "h1") > 0.0 && score_of(&f, "h2") >= 0.0);
    assert_int_equal(sr_boxes_item_count(f.boxes, 0), 2);
    f.options.tag = NULL;
    f.options.language = "de";
    assert_int_equal(ask(&f, (sr_query){.id = "h1"}), SR_OK);
    assert_ids(&f, "(d1)");
    f.options.language = NULL;
    f.options.since_s = BASE_S - DAY_S;
    f.options.until_s = BASE_S;
    assert_int_equal(ask(&f, (sr_query){.id = "h2"}), SR_OK);
    assert_ids(&f, "h1 (f1)");
    f.options.since_s = f.options.until_s = SR_TIME_UNKNOWN;
    f.options.older_only = true;
    assert_int_equal(ask(&f, (sr_query){.id = "h2"}), SR_OK);
    assert_ids(&f, "h3");
    f.options.older_only = false;
    const char *exclude[] = {"h1", "no such id", "h5"};
    f.options.exclude = exclude;
    f.options.n_exclude = 3;
    assert_int_equal(ask(&f, (sr_query){.id = "h2"}), SR_OK);
    assert_true(score_of(&f, "h1") < 0.0 && score_of(&f, "h5") < 0.0 && score_of(&f, "h3") > 0.0);
    close_store(&f);
}

static void time_breaks_ties_gently(void **state)
{
    (void)state;
    static const sample DATED[] = {
        {"near", "T", HARBOUR BARRIER, "", "en", "", BASE_S - DAY_S},
        {"later", "T", HARBOUR BARRIER, "", "en", "", BASE_S + DAY_S},
        {"far", "T", HARBOUR BARRIER, "", "en", "", BASE_S - 3650 * (int64_t)DAY_S},
        {"none", "T", HARBOUR BARRIER, "", "en", "", SR_TIME_UNKNOWN},
        {"half", "T", HARBOUR BARRIER, "", "en", "", BASE_S - 62 * DAY_S},
    };
    static const sample QUERY = {"q", "T", HARBOUR BARRIER FERRY, "", "en", "", BASE_S};
    fixture f;
    open_store(&f, DATED, 5, 5, false);
    sr_article query = to_article(&QUERY);
    f.options.ranking = true;
    assert_int_equal(ask(&f, (sr_query){.article = &query}), SR_OK);
    double near = score_of(&f, "near");
    assert_true(near == score_of(&f, "later"));
    assert_true(score_of(&f, "none") == score_of(&f, "half"));
    assert_true(near > score_of(&f, "half"));
    assert_true(score_of(&f, "half") > score_of(&f, "far"));
    f.options.half_life_s = 0.0;
    assert_int_equal(ask(&f, (sr_query){.article = &query}), SR_OK);
    double plain = score_of(&f, "near");
    assert_true(plain == score_of(&f, "far") && plain == score_of(&f, "none"));
    assert_ids(&f, "near later far none half"); /* equal scores: by place */
    /* Without a date, time counts from the newest stored article. */
    query.published_s = SR_TIME_UNKNOWN;
    sr_related_options_init(&f.options);
    f.options.ranking = true;
    assert_int_equal(ask(&f, (sr_query){.article = &query}), SR_OK);
    assert_true(score_of(&f, "later") == plain);
    assert_true(score_of(&f, "near") < plain);
    assert_true(score_of(&f, "far") > 0.79 * plain);
    close_store(&f);
}

static void increments_rank_like_one_load(void **state)
{
    (void)state;
    fixture bulk;
    fixture pieces;
    open_store(&bulk, SAMPLES, N_SAMPLES, N_SAMPLES, false);
    open_store(&pieces, SAMPLES, N_SAMPLES, 1, false);
    bulk.options.ranking = pieces.options.ranking = true;
    for (size_t q = 0; q < N_SAMPLES; q++) {
        assert_int_equal(ask(&bulk, (sr_query){.id = SAMPLES[q].id}), SR_OK);
        assert_int_equal(ask(&pieces, (sr_query){.id = SAMPLES[q].id}), SR_OK);
        assert_int_equal(sr_boxes_item_count(bulk.boxes, 0), sr_boxes_item_count(pieces.boxes, 0));
        sr_item item;
        for (size_t i = 0; sr_boxes_item(bulk.boxes, 0, i, &item); i++) {
            char id[16];
            snprintf(id, sizeof id, "%.*s", (int)item.article.id.n_bytes, item.article.id.data);
            assert_true(item.score == score_of(&pieces, id));
        }
    }
    close_store(&bulk);
    close_store(&pieces);
}

static void small_stores_give_sensible_boxes(void **state)
{
    (void)state;
    static const sample QUERY = {"q", "Barrier", BARRIER FERRY LEAGUE, "", "en", "", BASE_S};
    static const sample EMPTY = {"", "", "", "", "", "", SR_TIME_UNKNOWN};
    sr_article query = to_article(&QUERY);
    sr_article empty = to_article(&EMPTY);
    fixture f;
    open_store(&f, NULL, 0, 1, false);
    assert_int_equal(ask(&f, (sr_query){.article = &query}), SR_OK);
    assert_ids(&f, "");
    assert_string_equal(f.boxes->boxes[0].shortage, "the store is empty");
    close_store(&f);
    /* One article: the query counts itself, so that a shared term has df 2. */
    open_store(&f, SAMPLES, 1, 1, false);
    assert_int_equal(ask(&f, (sr_query){.article = &query}), SR_OK);
    assert_ids(&f, "h1");
    assert_true(score_of(&f, "h1") > 0.2);
    assert_int_equal(ask(&f, (sr_query){.id = "h1"}), SR_OK);
    assert_string_equal(f.boxes->boxes[0].shortage, "the store holds no other article");
    assert_int_equal(ask(&f, (sr_query){.article = &empty}), SR_OK);
    sr_article title_only = to_article(&EMPTY);
    title_only.title = sr_str_of("Tide barrier");
    title_only.language = sr_str_of("en");
    assert_int_equal(ask(&f, (sr_query){.article = &title_only}), SR_OK);
    assert_true(score_of(&f, "h1") > 0.0);
    close_store(&f);
}

static void shared_words_are_shown_as_they_stand(void **state)
{
    (void)state;
    fixture f;
    open_store(&f, SAMPLES, N_SAMPLES, N_SAMPLES, false);
    f.options.why = true;
    f.options.n_items = 2;
    assert_int_equal(ask(&f, (sr_query){.id = "h1"}), SR_OK);
    for (size_t i = 0; i < 2; i++) {
        const sr_box_item *item = &f.boxes->boxes[0].items[i];
        assert_true(item->n_reasons > 0 && item->n_reasons <= 5);
        double sum = 0.0;
        for (size_t r = 0; r < item->n_reasons; r++) {
            assert_true(item->reasons[r].share > 0.0);
            assert_true(r == 0 || item->reasons[r].share <= item->reasons[r - 1].share);
            sum += item->reasons[r].share;
            char word[128];
            snprintf(word, sizeof word, "%.*s", (int)item->reasons[r].term.n_bytes,
                     item->reasons[r].term.data);
            if (!strstr(SAMPLES[0].text, word) && !strstr(SAMPLES[0].title, word)) {
                fail_msg("\"%s\" does not stand in the article", word);
            }
        }
        assert_true(sum <= 1.0 + 1e-9);
        assert_true(item->time_factor >= 0.8 && item->time_factor <= 1.0);
        assert_true(item->n_vias <= 3);
        for (size_t v = 0; v < item->n_vias; v++) {
            assert_true(item->vias[v].share > 0.0 && item->vias[v].share <= 1.0);
            assert_true(v == 0 || item->vias[v].share <= item->vias[v - 1].share);
            assert_false(sr_str_equal_text(item->vias[v].id, "h1"));
            assert_false(sr_str_equal(item->vias[v].id, item->shown.article.id));
        }
    }
    close_store(&f);
}

static void errors_name_what_is_wrong(void **state)
{
    (void)state;
    fixture f;
    open_store(&f, SAMPLES, 2, 2, false);
    assert_int_equal(ask(&f, (sr_query){.id = "missing"}), SR_ERR_NOT_FOUND);
    assert_non_null(strstr(f.error.text, "missing"));
    assert_null(f.boxes);
    sr_article article = to_article(&SAMPLES[0]);
    assert_int_equal(ask(&f, (sr_query){.id = "h1", .article = &article}), SR_ERR_ARGUMENT);
    assert_int_equal(ask(&f, (sr_query){0}), SR_ERR_ARGUMENT);
    f.options.n_items = 0;
    assert_int_equal(ask(&f, (sr_query){.id = "h1"}), SR_ERR_ARGUMENT);
    f.options.n_items = 5;
    f.options.min_score = 1.5;
    assert_int_equal(ask(&f, (sr_query){.id = "h1"}), SR_ERR_ARGUMENT);
    f.options.min_score = 0.0;
    f.options.language = "?";
    assert_int_equal(ask(&f, (sr_query){.id = "h1"}), SR_ERR_ARGUMENT);
    close_store(&f);
    open_store(&f, SAMPLES, 2, 2, true);
    assert_int_equal(ask(&f, (sr_query){.id = "h1"}), SR_ERR_UNSUPPORTED);
    assert_non_null(strstr(f.error.text, "signatures only"));
    close_store(&f);
}

static bool append(void *context, const char *bytes, size_t n_bytes)
{
    return sr_buffer_append(context, bytes, n_bytes) == SR_OK;
}

static void threads_do_not_show(void **state)
{
    (void)state;
    fixture f;
    open_store(&f, SAMPLES, N_SAMPLES, 4, false);
    f.options.why = true;
    sr_article unknown = to_article(&SAMPLES[4]);
    unknown.id = sr_str_of("elsewhere");
    sr_query queries[4 * N_SAMPLES];
    for (size_t i = 0; i < 4 * N_SAMPLES; i++) {
        queries[i] = i % 4 == 3 ? (sr_query){.article = &unknown}
                                : (sr_query){.id = SAMPLES[i % N_SAMPLES].id};
    }
    static const int THREADS[] = {1, 2, 3, 8};
    sr_buffer first, out;
    sr_buffer_init(&first, SR_BUFFER_NO_LIMIT);
    int n_before = omp_get_max_threads();
    for (size_t i = 0; i < 4; i++) {
        sr_buffer_init(&out, SR_BUFFER_NO_LIMIT);
        omp_set_num_threads(THREADS[i]);
        sr_boxes *boxes;
        assert_int_equal(sr_related(f.store, queries, 4 * N_SAMPLES, &f.options, &boxes, NULL),
                         SR_OK);
        assert_int_equal(sr_boxes_count(boxes), 4 * N_SAMPLES);
        assert_int_equal(sr_boxes_render(boxes, SR_FORMAT_JSONL, BASE_S, append, i ? &out : &first),
                         SR_OK);
        assert_true(i == 0 || sr_str_equal(sr_buffer_view(&out), sr_buffer_view(&first)));
        sr_boxes_free(boxes);
        sr_buffer_release(&out);
    }
    /* Of several failures, the first in order is told. */
    queries[7] = (sr_query){.id = "missing 7"};
    queries[20] = (sr_query){.id = "missing 20"};
    assert_int_equal(sr_related(f.store, queries, 4 * N_SAMPLES, &f.options, &f.boxes, &f.error),
                     SR_ERR_NOT_FOUND);
    assert_non_null(strstr(f.error.text, "missing 7"));
    omp_set_num_threads(n_before);
    sr_buffer_release(&first);
    close_store(&f);
}

static void a_file_is_read_like_a_stored_article(void **state)
{
    (void)state;
    fixture f;
    open_store(&f, SAMPLES, N_SAMPLES, N_SAMPLES, false);
    char *dir = fixture_directory();
    char *path = sr_path_join(dir, "query.txt");
    char *absent = sr_path_join(dir, "absent.txt");
    assert_true(path && absent);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs("Striker may leave\n\nOkonjo, striker of Brackwater, may leave after the league match. "
          "The coach and the goalkeeper asked him to stay.\n",
          file);
    assert_int_equal(fclose(file), 0);
    f.options.n_items = 3;
    assert_int_equal(ask(&f, (sr_query){.path = path}), SR_OK);
    sr_item item;
    assert_int_equal(sr_boxes_item_count(f.boxes, 0), 3);
    for (size_t i = 0; sr_boxes_item(f.boxes, 0, i, &item); i++) {
        assert_int_equal(item.article.id.data[0], 'f');
        assert_false(item.fallback);
    }
    assert_int_not_equal(ask(&f, (sr_query){.path = absent}), SR_OK);
    assert_non_null(strstr(f.error.file, "absent.txt"));
    free(path);
    free(absent);
    fixture_remove_directory(dir);
    close_store(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(topics_stay_together),
        cmocka_unit_test(a_box_is_always_full_and_says_what_is_fallback),
        cmocka_unit_test(a_cap_is_a_preference),
        cmocka_unit_test(equal_headlines_are_folded),
        cmocka_unit_test(the_hardly_related_is_marked),
        cmocka_unit_test(repeats_are_folded),
        cmocka_unit_test(versions_under_one_title_are_folded),
        cmocka_unit_test(filters_hold_for_ranked_and_fallback),
        cmocka_unit_test(time_breaks_ties_gently),
        cmocka_unit_test(increments_rank_like_one_load),
        cmocka_unit_test(small_stores_give_sensible_boxes),
        cmocka_unit_test(shared_words_are_shown_as_they_stand),
        cmocka_unit_test(errors_name_what_is_wrong),
        cmocka_unit_test(threads_do_not_show),
        cmocka_unit_test(a_file_is_read_like_a_stored_article),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
