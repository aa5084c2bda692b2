/* What this program calls itself: written into streams, snapshots and requests. */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

const char *version_text(void);   /* "0.1.0" */
const char *version_commit(void); /* the short hash it was built from, "unknown" outside a work tree */

#endif
