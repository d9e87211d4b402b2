#!/bin/sh
# Reference vectors: every case of the repository's file, or of the file LUTSWEEP_VECTORS,
# goes through the library on every kernel set of this machine.
set -eu

"$top_builddir/tests/vectors" "${LUTSWEEP_VECTORS:-$srcdir/tests/data/vectors.h5}"
