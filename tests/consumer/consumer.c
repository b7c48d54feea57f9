/* consumer.c — what a program with an engine of its own does with simrank: sign texts, look at band
 * keys, verify. Also compiled as C++, to see that simrank.h is one header for both. */
#include <simrank.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const TEXTS[] = {
    "The harbour bridge was closed on Monday after a barge struck its northern pier, the city "
    "said.",
    "The harbour bridge was closed on Monday after a barge struck its northern pier, the city "
    "says.",
    "Chess players from forty countries met in the old salt works for the first open championship.",
};

enum { N_TEXTS = 3 };

static void expect(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "consumer: not so: %s\n", what);
        exit(1);
    }
}

int main(void)
{
    sr_params params;
    sr_params_init(&params);
    char json[512];
    expect(sr_params_to_json(&params, json, sizeof json) == SR_OK, "parameters as JSON");

    sr_str texts[N_TEXTS];
    for (int i = 0; i < N_TEXTS; i++) {
        texts[i].data = TEXTS[i];
        texts[i].n_bytes = strlen(TEXTS[i]);
    }
    sr_signature signatures[N_TEXTS];
    expect(sr_sign_texts(&params, texts, N_TEXTS, signatures) == SR_OK, "texts are signed");
    uint32_t keys[128];
    expect(sr_signature_band_keys(&params, &signatures[0], keys), "an article has band keys");
    double near_share = sr_signature_jaccard(&params, &signatures[0], &signatures[1]);
    double far_share = sr_signature_jaccard(&params, &signatures[0], &signatures[2]);
    expect(near_share > 0.5 && far_share < 0.2, "near texts are near");

    sr_thresholds thresholds;
    sr_thresholds_init(&thresholds);
    sr_verdict verdict;
    expect(sr_verify_pair(&params, &thresholds, texts[0], texts[1], &verdict) == SR_OK, "verified");
    expect(verdict.relation == SR_RELATION_NEAR, "the two reports are near");

    sr_store *store = NULL;
    sr_error error;
    expect(sr_store_open("no/such/store", SR_STORE_READ, NULL, &store, &error) == SR_ERR_NOT_FOUND,
           "a missing store is not found");
    printf("%s %s %s\n", sr_version(), sr_relation_name(verdict.relation), json);
    return 0;
}
