// Calls of the system zlib that Swift cannot make, because they are macros.
#ifndef NETRAL_CZLIB_H
#define NETRAL_CZLIB_H

#include <zlib.h>

/// Begins to compress into the gzip format (RFC 1952): window bits 15, plus 16 for its header and trailer.
static inline int czlib_deflate_gzip(z_stream *stream, int level) {
  return deflateInit2(stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

/// Begins to compress into bare blocks (RFC 1951): negative window bits leave header and trailer out.
static inline int czlib_deflate_raw(z_stream *stream, int level) {
  return deflateInit2(stream, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
}

/// Begins to decompress the gzip format.
static inline int czlib_inflate_gzip(z_stream *stream) { return inflateInit2(stream, 15 + 16); }

#endif
