# lib: numerics only.  No MPI, no HDF5, no libconfig.
noinst_LIBRARIES += liblut.a

liblut_a_SOURCES = \
	lib/base/arena.c \
	lib/base/arena.h \
	lib/base/base.h \
	lib/base/bits.c \
	lib/base/bits.h \
	lib/base/check.c \
	lib/base/check.h \
	lib/base/exec.c \
	lib/base/exec.h \
	lib/base/field.c \
	lib/base/field.h \
	lib/base/log.c \
	lib/base/log.h \
	lib/base/mathx.c \
	lib/base/mathx.h \
	lib/base/rng.c \
	lib/base/rng.h \
	lib/base/status.c \
	lib/base/status.h
liblut_a_CPPFLAGS = $(AM_CPPFLAGS) $(ZLIB_CFLAGS)

EXTRA_DIST += lib/registry.sh

# What links with lib.
LUT_LIBS = liblut.a
LUT_SYSTEM_LIBS = $(ZLIB_LIBS) -lm
