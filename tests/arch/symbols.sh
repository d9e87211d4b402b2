#!/bin/sh
# What the libraries may ask of others.  lib is pure: it neither prints nor exits nor reads
# the environment, and knows no MPI, HDF5 or libconfig.  In sweep each foreign library has
# its one place.
set -eu

command -v nm >/dev/null || {
    echo "nm was not found (package binutils)"
    exit 77
}
bad=0
out=$(mktemp)
trap 'rm -f "$out"' EXIT

# forbid REGEX MEMBERS ARCHIVE...: no member but those of the pattern may use the symbols.
forbid()
{
    symbols=$1 members=$2
    shift 2
    for archive in "$@"; do
        nm -A -u "$archive" >"$out"
        [ -s "$out" ] || {
            echo "$archive: nm found no undefined symbol at all: is it an archive of ours?"
            exit 1
        }
        awk -v symbols="^($symbols)\$" -v members="$members" '
            $(NF - 1) == "U" && $NF ~ symbols {
                split($1, part, ":")
                object = part[2]
                sub(/^[A-Za-z0-9_]*-/, "", object)
                if (members == "" || object !~ "^(" members ")\\.o$") {
                    print part[1] ": " part[2] " uses " $NF
                    found = 1
                }
            }
            END { exit found }' "$out" || bad=1
    done
}

printing='(__)?v?f?printf(_chk)?|puts|putchar|perror|v?warnx?|v?errx?'
leaving='exit|_exit|_Exit|quick_exit'
lib=$(ls liblut*.a)
forbid "P?MPI_.*|H5.*|config_.*" "" $lib
forbid "$printing" "" $lib
forbid "$leaving|getenv|secure_getenv|setenv|system|popen" "" $lib
forbid "omp_.*|GOMP_.*" "exec" $lib

# What is left is sweep's.
for archive in lib*.a; do
    case $archive in
    liblut* | libcli.a | libreport* | libtest*) continue ;;
    esac
    forbid "P?MPI_.*" "mpi" "$archive"
    forbid "H5.*" "store[a-z0-9_]*" "$archive"
    forbid "config_.*" "spec[a-z_]*" "$archive"
    forbid "exit|quick_exit|system|popen" "" "$archive"
done

# What is compiled once per kernel set carries the set in its name: of two copies with one
# name the linker could keep the one that the machine at hand cannot run.
for archive in liblutscalar.a liblutavx*.a; do
    [ -e "$archive" ] || continue
    set=${archive#liblut}
    nm -A -g --defined-only "$archive" >"$out"
    [ -s "$out" ] || {
        echo "$archive: nm found no symbol"
        exit 1
    }
    awk -v set="_${set%.a}" '
        NF >= 3 && $(NF - 1) ~ /^[A-Z]$/ && $NF !~ set "$" && $NF !~ /^__/ {
            print $1 " defines " $NF ", which does not end with " set
            found = 1
        }
        END { exit found }' "$out" || bad=1
done
exit $bad
