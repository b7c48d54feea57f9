/* sign_texts.c — the stateless batch call: texts to signatures, in parallel. */
#include "sketch/signer.h"

#include <omp.h>

sr_status sr_sign_texts(const sr_params *params, const sr_str *texts, size_t n_texts,
                        sr_signature *out)
{
    SR_TRY(sr_params_check(params, NULL));
    sr_status failed = SR_OK;
#pragma omp parallel
    {
        sr_signer *signer = NULL;
        sr_status status = sr_signer_create(params, &signer);
#pragma omp for schedule(dynamic, 64)
        for (size_t i = 0; i < n_texts; i++) {
            if (status == SR_OK) {
                status = sr_signer_sign(signer, texts[i], &out[i]);
            }
        }
        sr_signer_free(signer);
        if (status != SR_OK) {
#pragma omp critical
            failed = status;
        }
    }
    return failed;
}
