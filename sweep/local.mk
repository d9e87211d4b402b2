# sweep: trials, results, the farm.  libconfig only in spec*.c, HDF5 only in store*.c.
noinst_LIBRARIES += libsweep.a libstore.a

libsweep_a_SOURCES = \
	sweep/entry.c \
	sweep/entry.h \
	sweep/record.c \
	sweep/record.h \
	sweep/record_network.c \
	sweep/record_network.h \
	sweep/replace.c \
	sweep/replace.h
libsweep_a_CPPFLAGS = $(AM_CPPFLAGS) $(NETTLE_CFLAGS) $(ZLIB_CFLAGS)

libstore_a_SOURCES = \
	sweep/store.h
libstore_a_CPPFLAGS = $(AM_CPPFLAGS) $(HDF5_CFLAGS)
