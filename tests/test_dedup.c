/* test_dedup.c — dedup runs from files to files: what is found and what is kept. */
#include "dedup_fixture.h"

static void finds_exact_and_near_and_keeps_bytes(void **state)
{
    fixture *f = *state;
    write_file(f->feed, feed_of_all, sizeof feed_of_all - 1);
    sr_dedup_options options;
    sr_dedup_options_init(&options);
    sr_dedup_summary summary = run_ok(f, &options);
    assert_int_equal(summary.n_records, 7);
    assert_int_equal(summary.n_empty, 3);
    assert_int_equal(summary.n_bad, 0);
    assert_int_equal(summary.n_kept, 5);
    assert_int_equal(summary.n_relation[SR_RELATION_EXACT], 1);
    assert_int_equal(summary.n_relation[SR_RELATION_NEAR], 1);
    assert_int_equal(summary.n_clusters, 1);
    assert_int_equal(summary.largest_clusters[0], 3);
    assert_int_equal(summary.largest_clusters[1], 0);
    char *out = read_file(f->out);
    assert_string_equal(out, "{\"id\":\"a\",\"text\":\"" HARBOUR "\"}\n"
                             "{\"id\":\"b\",\"text\":\"" OTHER "\"}\n"
                             "{\"id\":\"c\",\"text\":\"\"}\n"
                             "{\"id\":\"e\",\"text\":\"\"}\n"
                             "{\"id\":\"g\",\"text\":\" -- \"}\n");
    free(out);
    char expected[2048];
    snprintf(expected, sizeof expected,
             "file,line,id,relation,action,kept_file,kept_line,kept_id,similarity,containment,"
             "cluster_size\n"
             "%s,1,a,,kept,%s,1,a,1.0000,1.0000,3\n"
             "%s,4,d,near,dropped,%s,1,a,0.9403,0.9692,3\n"
             "%s,6,f,exact,dropped,%s,1,a,1.0000,1.0000,3\n",
             f->feed, f->feed, f->feed, f->feed, f->feed, f->feed);
    char *report = read_file(f->report);
    assert_string_equal(report, expected);
    free(report);
    assert_int_equal(count_files(f->dir), 3);
}

/* Of four articles whose text is a page's pitch, two are one article under one URL. */
static void a_pitch_for_a_text_makes_no_repeat(void **state)
{
#define PITCH "Readers like you keep us open. Please support our work today."
    static const char FEED[] =
        "{\"id\":\"a\",\"url\":\"http://a.example/1\",\"title\":\"Old ferry terminal to close\","
        "\"text\":\"" PITCH "\"}\n"
        "{\"id\":\"b\",\"url\":\"http://a.example/2\",\"title\":\"Choir wins prize in Halden\","
        "\"text\":\"" PITCH "\"}\n"
        "{\"id\":\"c\",\"url\":\"http://a.example/1\",\"title\":\"Old ferry terminal to close\","
        "\"text\":\"" PITCH "\"}\n"
        "{\"id\":\"d\",\"url\":\"http://a.example/3\",\"title\":\"Violin found behind a wall\","
        "\"text\":\"" PITCH "\"}\n";
    fixture *f = *state;
    write_file(f->feed, FEED, sizeof FEED - 1);
    sr_dedup_options options;
    sr_dedup_options_init(&options);
    options.feed.keep_furniture = true; /* else the titles stand for the text */
    sr_dedup_summary summary = run_ok(f, &options);
    assert_int_equal(summary.n_kept, 3);
    assert_int_equal(summary.n_relation[SR_RELATION_EXACT], 1);
    char *report = read_file(f->report);
    assert_non_null(strstr(report, ",3,c,exact,dropped,"));
    free(report);
#undef PITCH
}

static void relations_not_to_be_dropped_are_only_reported(void **state)
{
    fixture *f = *state;
    write_file(f->feed, feed_of_all, sizeof feed_of_all - 1);
    sr_dedup_options options;
    sr_dedup_options_init(&options);
    options.drop = 1U << SR_RELATION_EXACT;
    sr_dedup_summary summary = run_ok(f, &options);
    assert_int_equal(summary.n_kept, 6);
    char *report = read_file(f->report);
    assert_non_null(strstr(report, ",4,d,near,kept,"));
    assert_non_null(strstr(report, ",6,f,exact,dropped,"));
    free(report);
    options.drop = 1U << SR_RELATION_NONE;
    sr_error error = {0};
    assert_int_equal(run(f, &options, &summary, &error), SR_ERR_ARGUMENT);
}

/* With exact alone in the mask, a repeat of a near copy goes for the near copy, which stays. */
static void repeat_of_a_kept_near_copy_is_dropped_for_it(void **state)
{
    fixture *f = *state;
    static const char feed[] = "{\"id\":\"a\",\"text\":\"" HARBOUR "\"}\n"
                               "{\"id\":\"b\",\"text\":\"" HARBOUR_EDITED "\"}\n"
                               "{\"id\":\"c\",\"text\":\"" HARBOUR_EDITED "\"}\n";
    write_file(f->feed, feed, sizeof feed - 1);
    sr_dedup_options options;
    sr_dedup_options_init(&options);
    options.drop = 1U << SR_RELATION_EXACT;
    assert_int_equal(run_ok(f, &options).n_kept, 2);
    char expected[256];
    snprintf(expected, sizeof expected, ",3,c,exact,dropped,%s,2,b,1.0000,", f->feed);
    char *report = read_file(f->report);
    assert_non_null(strstr(report, expected));
    free(report);
}

static void longer_text_survives_its_excerpt(void **state)
{
    fixture *f = *state;
    static const char feed[] = "{\"id\":\"teaser\",\"text\":\"" EXCERPT HARBOUR "\"}\n"
                               "{\"id\":\"full\",\"text\":\"" EXCERPT HARBOUR PLUMS_ONE "\"}\n";
    write_file(f->feed, feed, sizeof feed - 1);
    sr_dedup_options options;
    sr_dedup_options_init(&options);
    options.thresholds.jaccard = 0.8;
    options.params.bands = 32; /* finds pairs of a lower Jaccard */
    options.params.rows = 4;
    sr_dedup_summary summary = run_ok(f, &options);
    assert_int_equal(summary.n_relation[SR_RELATION_CONTAINED], 1);
    assert_int_equal(summary.n_kept, 1);
    char *out = read_file(f->out);
    assert_int_equal(strncmp(out, "{\"id\":\"full\"", 12), 0);
    free(out);
    char *report = read_file(f->report);
    assert_non_null(strstr(report, ",1,teaser,contained,dropped,"));
    free(report);
}

/* Both quote the excerpt at length: neither goes for the other. */
static void two_texts_that_quote_a_third_stay_apart(void **state)
{
    fixture *f = *state;
    static const char feed[] = "{\"id\":\"one\",\"text\":\"" EXCERPT HARBOUR PLUMS_ONE "\"}\n"
                               "{\"id\":\"brief\",\"text\":\"" EXCERPT HARBOUR "\"}\n"
                               "{\"id\":\"two\",\"text\":\"" EXCERPT HARBOUR PLUMS_TWO "\"}\n";
    write_file(f->feed, feed, sizeof feed - 1);
    sr_dedup_options options;
    sr_dedup_options_init(&options);
    options.thresholds.jaccard = 0.8;
    options.params.bands = 32;
    options.params.rows = 4;
    sr_dedup_summary summary = run_ok(f, &options);
    assert_int_equal(summary.n_kept, 2);
    char *report = read_file(f->report);
    assert_non_null(strstr(report, "brief,contained,dropped,"));
    assert_null(strstr(report, "two,contained"));
    assert_null(strstr(report, "two,near"));
    free(report);
}

static void keep_longest_keeps_the_longest(void **state)
{
    fixture *f = *state;
    static const char feed[] = "{\"id\":\"a\",\"text\":\"" HARBOUR "\"}\n"
                               "{\"id\":\"b\",\"text\":\"" HARBOUR "He spoke at noon.\"}\n";
    write_file(f->feed, feed, sizeof feed - 1);
    sr_dedup_options options;
    sr_dedup_options_init(&options);
    (void)run_ok(f, &options);
    char *out = read_file(f->out);
    assert_int_equal(strncmp(out, "{\"id\":\"a\"", 9), 0);
    free(out);
    options.keep = "longest";
    (void)run_ok(f, &options);
    out = read_file(f->out);
    assert_int_equal(strncmp(out, "{\"id\":\"b\"", 9), 0);
    free(out);
    options.keep = "shortest";
    sr_dedup_summary summary;
    sr_error error = {0};
    assert_int_equal(run(f, &options, &summary, &error), SR_ERR_ARGUMENT);
    assert_non_null(strstr(error.text, "shortest"));
}

/* Thai puts no spaces between words: a letter with its marks counts as one. */
static void thai_articles_and_headlines_are_compared(void **state)
{
    static const char FEED[] = "{\"id\":\"a\",\"text\":\""
                               "สภาเทศบาลเมืองท่าเรือเก่ามีมติเมื่อวันอังคารให้ปิด"
                               "สะพานไม้ข้ามแม่น้ำเป็นเวลาสามเดือนเพื่อซ่อมเสาและพ"
                               "ื้นทางเดินที่ผุพังหลังน้ำท่วมครั้งใหญ่ ชาวบ้านสองฝ"
                               "ั่งจะต้องใช้เรือข้ามฟากซึ่งออกทุกสิบห้านาทีตั้งแต่"
                               "หกโมงเช้าถึงสี่ทุ่ม ค่าซ่อมทั้งหมดประมาณสิบสองล้าน"
                               "บาท ส่วนหนึ่งมาจากเงินบริจาคของพ่อค้าในตลาดริมน้ำ "
                               "นายกเทศมนตรีกล่าวว่าสะพานใหม่จะเปิดทันเทศกาลลอยกระ"
                               "ทง"
                               "\"}\n"
                               "{\"id\":\"b\",\"text\":\""
                               "สภาเทศบาลเมืองท่าเรือเก่ามีมติเมื่อวันพุธให้ปิดสะพ"
                               "านไม้ข้ามแม่น้ำเป็นเวลาสามเดือนเพื่อซ่อมเสาและราวส"
                               "ะพานที่ผุพังหลังน้ำท่วมครั้งใหญ่ ชาวบ้านสองฝั่งจะต"
                               "้องใช้เรือข้ามฟากซึ่งออกทุกสิบห้านาทีตั้งแต่หกโมงเ"
                               "ช้าถึงสี่ทุ่ม ค่าซ่อมทั้งหมดประมาณสิบสองล้านบาท ส่"
                               "วนหนึ่งมาจากเงินบริจาคของพ่อค้าในตลาดริมน้ำ นายกเท"
                               "ศมนตรีกล่าวว่าสะพานใหม่จะเปิดทันเทศกาลลอยกระทง"
                               "\"}\n"
                               "{\"id\":\"c\",\"text\":\""
                               "ทีมฟุตบอลหญิงของโรงเรียนบ้านหนองบัวชนะเลิศการแข่งข"
                               "ันระดับจังหวัดหลังยิงจุดโทษเอาชนะแชมป์เก่าสี่ต่อสา"
                               "ม ผู้รักษาประตูวัยสิบห้าปีรับลูกยิงได้สองครั้งและก"
                               "ลายเป็นขวัญใจของผู้ชมทั้งสนาม โค้ชบอกว่าเด็กๆ ซ้อม"
                               "หนักทุกเย็นตลอดฤดูฝนโดยไม่มีสนามในร่ม รอบต่อไปจะแข"
                               "่งกับตัวแทนภาคใต้ในเดือนหน้า"
                               "\"}\n"
                               "{\"id\":\"h1\",\"text\":\""
                               "น้ำท่วมตลาดริมแม่น้ำ ชาวบ้านอพยพขึ้นวัดกว่าสามร้อย"
                               "คน"
                               "\"}\n"
                               "{\"id\":\"h2\",\"text\":\""
                               "น้ำท่วมตลาดริมแม่น้ำ ชาวบ้านอพยพขึ้นวัดกว่าสี่ร้อย"
                               "คน"
                               "\"}\n"
                               "{\"id\":\"h3\",\"text\":\""
                               "ราคาทุเรียนพุ่งสูงสุดในรอบสิบปี ชาวสวนยิ้มรับ"
                               "\"}\n";
    fixture *f = *state;
    write_file(f->feed, FEED, sizeof FEED - 1);
    sr_dedup_options options;
    sr_dedup_options_init(&options);
    sr_dedup_summary summary = run_ok(f, &options);
    assert_int_equal(summary.n_kept, 4);
    assert_int_equal(summary.n_relation[SR_RELATION_NEAR], 2);
    char *report = read_file(f->report);
    assert_non_null(strstr(report, ",2,b,near,dropped,"));
    assert_non_null(strstr(report, ",5,h2,near,dropped,"));
    free(report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_DISK(finds_exact_and_near_and_keeps_bytes),
        ON_DISK(a_pitch_for_a_text_makes_no_repeat),
        ON_DISK(relations_not_to_be_dropped_are_only_reported),
        ON_DISK(repeat_of_a_kept_near_copy_is_dropped_for_it),
        ON_DISK(longer_text_survives_its_excerpt),
        ON_DISK(two_texts_that_quote_a_third_stay_apart),
        ON_DISK(keep_longest_keeps_the_longest),
        ON_DISK(thai_articles_and_headlines_are_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
