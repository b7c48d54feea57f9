/* Languages: codes, the stop-word table, detection by script and by stop words. */
#include "text/language.h"
#include "text/stop_words.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static sr_language parse(const char *code)
{
    return sr_language_parse(sr_str_of(code));
}

static void test_codes(void **state)
{
    (void)state;
    const sr_language en = SR_LANGUAGE('e', 'n');
    assert_int_equal(parse("en"), en);
    assert_int_equal(parse(" en-GB"), en);
    assert_int_equal(parse("EN_us"), en);
    assert_int_equal(parse("eng"), en);
    assert_int_equal(parse("English"), en);
    assert_int_equal(parse("ger"), SR_LANGUAGE('d', 'e'));
    assert_int_equal(parse("nb-NO"), SR_LANGUAGE('n', 'o'));
    assert_int_equal(parse("zh-Hant-TW"), SR_LANGUAGE('z', 'h'));
    assert_int_equal(parse("xx"), SR_LANGUAGE('x', 'x'));
    assert_int_equal(parse(""), 0);
    assert_int_equal(parse("e"), 0);
    assert_int_equal(parse("1en"), 0);
    assert_int_equal(parse("qqq"), 0);
    char code[3];
    sr_language_format(en, code);
    assert_string_equal(code, "en");
    sr_language_format(0, code);
    assert_string_equal(code, "");
}

static void test_stemmer_names(void **state)
{
    (void)state;
    assert_string_equal(sr_language_stemmer(SR_LANGUAGE('r', 'u')), "russian");
    assert_string_equal(sr_language_stemmer(0), "english");
    assert_null(sr_language_stemmer(SR_LANGUAGE('p', 'l')));
    assert_null(sr_language_stemmer(SR_LANGUAGE('x', 'x')));
}

/* The table is searched by halves, and looked up with folded words only. */
static void test_stop_table(void **state)
{
    (void)state;
    sr_words words;
    sr_words_init(&words);
    uint32_t counts[SR_STOP_LANGUAGE_COUNT] = {0};
    for (size_t i = 0; i < sr_stop_word_count; i++) {
        const sr_stop_entry *entry = &sr_stop_words[i];
        sr_str word = sr_str_of(entry->word);
        assert_int_equal(entry->word[SR_STOP_WORD_BYTES - 1], 0);
        assert_true(i == 0 || memcmp(entry[-1].word, entry->word, SR_STOP_WORD_BYTES) < 0);
        assert_int_equal(sr_tokenise(&words, word, false), SR_OK);
        assert_int_equal(words.n_words, 1);
        assert_true(sr_str_equal(sr_word(&words, 0), word));
        assert_int_equal(sr_stop_word_languages(word), entry->languages);
        for (size_t j = 0; j < SR_STOP_LANGUAGE_COUNT; j++) {
            counts[j] += entry->languages >> j & 1;
        }
    }
    for (size_t j = 0; j < SR_STOP_LANGUAGE_COUNT; j++) {
        assert_in_range(counts[j], 80, 300);
    }
    assert_int_equal(counts[SR_STOP_EN], 168); /* the list that the ranking was measured with */
    sr_words_release(&words);
}

static void test_stop_words(void **state)
{
    (void)state;
    static const char *const NONE[] = {"",
                                       "ukraine",
                                       "zzzz",
                                       "thee",
                                       "th",
                                       "\xff\xff\xff\xff\xff\xff\xff\xff\xff",
                                       "internationalisierungsbestrebungen"};
    for (size_t i = 0; i < SR_ARRAY_COUNT(NONE); i++) {
        assert_int_equal(sr_stop_word_languages(sr_str_of(NONE[i])), 0);
    }
    assert_true(sr_stop_word(SR_LANGUAGE('e', 'n'), sr_str_of("the")));
    assert_true(sr_stop_word(0, sr_str_of("the")));
    assert_true(sr_stop_word(SR_LANGUAGE('d', 'e'), sr_str_of("ausser"))); /* folded ß */
    assert_false(sr_stop_word(SR_LANGUAGE('d', 'e'), sr_str_of("the")));
    assert_false(sr_stop_word(SR_LANGUAGE('j', 'a'), sr_str_of("the")));
    assert_true(sr_stop_word(SR_LANGUAGE('e', 'l'), sr_str_of("τησ"))); /* folded final sigma */
}

static const struct {
    const char *language;
    const char *text;
} DETECTED[] = {
    {"en", "The council said on Monday that it will close the bridge for repairs until May."},
    {"de", "Der Stadtrat hat am Montag beschlossen, die Brücke bis Mai für die Sanierung zu "
           "sperren."},
    {"fr", "Le conseil municipal a décidé lundi de fermer le pont jusqu’en mai pour des "
           "travaux."},
    {"es", "El ayuntamiento decidió el lunes cerrar el puente hasta mayo por obras en la zona."},
    {"pt", "A câmara municipal decidiu na segunda-feira fechar a ponte até maio para obras, "
           "não em junho."},
    {"it", "Il consiglio comunale ha deciso lunedì di chiudere il ponte fino a maggio per "
           "lavori."},
    {"nl", "De gemeenteraad heeft maandag besloten om de brug tot mei te sluiten voor herstel."},
    {"sv", "Kommunen beslutade på måndagen att bron ska stängas till maj för att den måste "
           "repareras."},
    {"da", "Kommunen besluttede mandag, at broen skal lukkes indtil maj, efter at der blev "
           "fundet skader."},
    {"no", "Kommunen vedtok mandag at broen skal stenges til mai etter at det ble funnet "
           "skader på den."},
    {"fi", "Kaupunki päätti maanantaina, että silta on suljettu toukokuuhun saakka, mutta se "
           "ei ole vielä varma."},
    {"pl", "Rada miasta zdecydowała w poniedziałek, że most będzie zamknięty do maja, ale nie "
           "jest to pewne."},
    {"cs", "Městská rada v pondělí rozhodla, že most bude kvůli opravám uzavřen až do května, "
           "ale není to jisté."},
    {"hu", "A tanács hétfőn úgy döntött, hogy a hidat májusig lezárják, de ez még nem biztos."},
    {"ro", "Consiliul a hotărât luni că podul va fi închis până în mai pentru lucrări, dar nu "
           "este sigur."},
    {"tr", "Belediye pazartesi günü köprünün mayıs ayına kadar kapalı olacağını söyledi ama bu "
           "kesin değil."},
    {"ru", "Городской совет решил в понедельник закрыть мост до мая из-за ремонта."},
    {"uk", "Міська рада вирішила у понеділок закрити міст до травня через ремонт."},
    {"bg", "Общинският съвет реши в понеделник мостът да бъде затворен до май заради ремонт, "
           "съобщи кметът."},
    {"el", "Το δημοτικό συμβούλιο αποφάσισε τη Δευτέρα να κλείσει τη γέφυρα."},
    {"ar", "قرر مجلس المدينة يوم الاثنين إغلاق الجسر حتى مايو"},
    {"fa", "شورای شهر روز دوشنبه تصمیم گرفت که پل را تا ماه مه ببندد"},
    {"he", "מועצת העיר החליטה ביום שני לסגור את הגשר"},
    {"hi", "नगर परिषद ने सोमवार को पुल बंद करने का निर्णय लिया"},
    {"ja", "市議会は月曜日に橋を閉鎖することを決めた"},
    {"zh", "市议会周一决定关闭大桥直至五月 iPhone 15 Pro"},
    {"ko", "시의회는 월요일에 다리를 폐쇄하기로 결정했다"},
    {"th", "สภาเมืองตัดสินใจปิดสะพาน"},
    {"fi", "Hallituksen jäsenet esittävät sillan sulkemista, korjaustöitä alkukesästä "
           "lähtien"}, /* by endings */
    {"de", "Stadtverwaltung kündigt Sanierung wichtiger Brücken möglicherweise unerwartet an"},
    {"", ""},
    {"", "12 345 6789"},
    {"", "Brexit: Johnson"},
    {"", "xyzzy plugh frotz rezrov gnusto blorb"},
};

static void test_detection(void **state)
{
    (void)state;
    sr_words words;
    sr_words_init(&words);
    for (size_t i = 0; i < SR_ARRAY_COUNT(DETECTED); i++) {
        char code[3];
        assert_int_equal(sr_tokenise(&words, sr_str_of(DETECTED[i].text), false), SR_OK);
        sr_language_format(sr_language_detect(&words), code);
        if (strcmp(code, DETECTED[i].language) != 0) {
            fail_msg("%s taken for \"%s\": %s", DETECTED[i].language, code, DETECTED[i].text);
        }
    }
    sr_words_release(&words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes),      cmocka_unit_test(test_stemmer_names),
        cmocka_unit_test(test_stop_table), cmocka_unit_test(test_stop_words),
        cmocka_unit_test(test_detection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
