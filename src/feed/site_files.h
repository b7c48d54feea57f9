/* site_files.h — what lies in the tree of a site, or of any project, and is no article: styles,
 * scripts, media, settings, templates, what was generated or installed. It is passed over inside
 * directories and archives; a file that is named is read, whatever its name. */
#ifndef SR_FEED_SITE_FILES_H
#define SR_FEED_SITE_FILES_H

#include "base/bytes.h"

/* By the path below the directory that was given. */
bool sr_site_file_is_no_article(const char *relative);

#endif
