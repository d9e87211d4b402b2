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
nodist_liblut_a_SOURCES =

# Plug-ins: one file, one line; lib/registry.sh makes the table.
LUT_ENCODERS = \
	lib/encode/distributive.c \
	lib/encode/gaussian.c \
	lib/encode/uniform.c
LUT_READERS = \
	lib/data/csv.c \
	lib/data/idx.c \
	lib/data/synth.c

liblut_a_SOURCES += \
	$(LUT_ENCODERS) \
	$(LUT_READERS) \
	lib/circuit/circuit.c \
	lib/circuit/circuit.h \
	lib/circuit/packed.c \
	lib/circuit/packed.h \
	lib/data/csv.h \
	lib/data/csv_parse.c \
	lib/data/dataset.c \
	lib/data/dataset.h \
	lib/data/file.c \
	lib/data/file.h \
	lib/data/known.c \
	lib/encode/encode.c \
	lib/encode/encode.h \
	lib/encode/sort.c \
	lib/encode/sort.h
nodist_liblut_a_SOURCES += lib/data/registry.c lib/encode/registry.c
CLEANFILES += lib/data/registry.c lib/encode/registry.c

lib/data/registry.c: lib/registry.sh lib/local.mk
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
	sh $(srcdir)/lib/registry.sh reader - lib/data/dataset.h $(LUT_READERS) >$@.tmp && \
	mv $@.tmp $@

lib/encode/registry.c: lib/registry.sh lib/local.mk
	$(AM_V_GEN)$(MKDIR_P) $(@D) && \
	sh $(srcdir)/lib/registry.sh encode - lib/encode/encode.h $(LUT_ENCODERS) >$@.tmp && \
	mv $@.tmp $@

EXTRA_DIST += lib/registry.sh

# What links with lib.
LUT_LIBS = liblut.a
LUT_SYSTEM_LIBS = $(ZLIB_LIBS) -lm
