#include "collectors/gunzip.h"

#include <zlib.h>

#define PIECE (64 << 10)

bool gunzip(const char *bytes, size_t len, gunzip_fn *take, void *data) {
    static char piece[PIECE];
    z_stream z = {.next_in = (Bytef *)(size_t)bytes, .avail_in = (uInt)len};
    if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK)
        return false;
    int code = Z_OK;
    bool good = true;
    while (code == Z_OK && good) {
        z.next_out = (Bytef *)piece;
        z.avail_out = PIECE;
        code = inflate(&z, Z_NO_FLUSH);
        if (code == Z_OK || code == Z_STREAM_END)
            good = take(data, piece, PIECE - z.avail_out);
        if (code == Z_OK && z.avail_in == 0 && z.avail_out > 0)
            break; /* cut */
    }
    inflateEnd(&z);
    return good && code == Z_STREAM_END;
}
