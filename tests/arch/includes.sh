#!/bin/sh
# One direction: drivers, analysis -> sweep -> lib.  Foreign headers only in their places.
# The folder is part of every include of ours, so that the direction can be seen.
set -eu
cd "$srcdir"

folders=
for f in lib sweep drivers analysis; do [ ! -d $f ] || folders="$folders $f"; done
find $folders -name '*.[ch]' | sort | xargs awk '
    function stray(why) { print FILENAME ":" FNR ": " $0 ": " why; bad = 1 }

    # Files of ours that match the pattern may include from these folders only.
    function layer(files, may) {
        if (FILENAME ~ files && ours != "" && ours !~ "^(" may ")")
            stray("may only include from " may)
    }
    # A foreign header belongs to these files.
    function home(header, files) {
        if (foreign == header && FILENAME !~ "^(" files ")$")
            stray("belongs to " files)
    }

    FNR == 1 { nfiles++ }
    /^[ \t]*#[ \t]*include/ {
        ours = foreign = ""
        if (match($0, /"[^"]*"/)) ours = substr($0, RSTART + 1, RLENGTH - 2)
        if (match($0, /<[^>]*>/)) foreign = substr($0, RSTART + 1, RLENGTH - 2)
        sub(/.*\//, "", foreign)
        if (ours == "config.h" || ours == "revision.h") ours = ""

        layer("^lib/", "lib/")
        layer("^lib/base/", "lib/base/")
        layer("^lib/kern/", "lib/base/|lib/kern/|lib/param/")
        layer("^lib/param/", "lib/base/|lib/kern/|lib/param/")
        layer("^lib/circuit/", "lib/base/|lib/kern/|lib/circuit/|lib/encode/")
        layer("^lib/data/", "lib/base/|lib/data/")
        layer("^lib/encode/", "lib/base/|lib/data/|lib/encode/")
        layer("^lib/export/", "lib/base/|lib/data/|lib/encode/|lib/circuit/|lib/export/")
        layer("^sweep/", "lib/|sweep/")
        layer("^analysis/", "lib/|sweep/|analysis/")
        layer("^drivers/", "lib/|sweep/|analysis/|drivers/")

        home("mpi.h", "sweep/mpi\\.c|drivers/lutsweep\\.c")
        home("hdf5.h", "sweep/store[a-z0-9_]*\\.[ch]")
        home("hdf5_hl.h", "sweep/store[a-z0-9_]*\\.[ch]")
        home("libconfig.h", "sweep/spec[a-z_]*\\.[ch]")
        home("omp.h", "lib/base/exec\\.c")
        home("immintrin.h", "lib/kern/.*")
        home("x86intrin.h", "lib/kern/.*")
    }
    END {
        if (nfiles < 20) { print "only " nfiles " files were looked at"; bad = 1 }
        exit bad
    }'
