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
	sweep/store.c \
	sweep/store.h \
	sweep/store_h5.c \
	sweep/store_h5.h \
	sweep/store_impl.h \
	sweep/store_keep.c \
	sweep/store_read.c \
	sweep/store_schema.c \
	sweep/store_table.c \
	sweep/store_table.h \
	sweep/store_trial.c \
	sweep/store_view.c
libstore_a_CPPFLAGS = $(AM_CPPFLAGS) $(HDF5_CFLAGS)
