/* toml_shim.h — toml++ as C: calls back for every value of a document. Nothing is thrown across it.
 */
#ifndef SR_FEED_TOML_SHIM_H
#define SR_FEED_TOML_SHIM_H

#include "simrank.h"

#ifdef __cplusplus
extern "C" {
#endif

/* `prefix` is the dotted path of the table that has the value; in a list `name` is that of the
 * list. False stops. */
typedef bool (*sr_toml_fn)(void *context, sr_str prefix, sr_str name, sr_str value);

/* False where the document is not TOML: `problem` then says why. */
bool sr_toml_read(sr_str text, sr_toml_fn take, void *context, char *problem, size_t n_problem);

#ifdef __cplusplus
}
#endif

#endif
