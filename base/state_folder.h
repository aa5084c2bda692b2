/* Where the program keeps what it writes of its own accord: $XDG_STATE_HOME/natsight, else
 * ~/.local/state/natsight. Nothing is made or looked at. Any process. */
#ifndef BASE_STATE_FOLDER_H
#define BASE_STATE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

/* false: neither variable is an absolute path, or it is longer than size; out[] is "". */
bool state_folder(char *out, size_t size);

#endif
