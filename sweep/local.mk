# sweep: from configuration text to results.  Each foreign library has an archive of its own.
noinst_LIBRARIES += libfarm.a libmerge.a libmpi.a libspec.a libstore.a libsweep.a

# SET_CFLAGS: the headers of plug-ins name vectors.
libsweep_a_SOURCES = \
	sweep/baselines.c \
	sweep/baselines.h \
	sweep/build.c \
	sweep/build.h \
	sweep/checkpoint.c \
	sweep/checkpoint.h \
	sweep/columns.c \
	sweep/columns.h \
	sweep/csv.c \
	sweep/csv.h \
	sweep/digest.c \
	sweep/digest.h \
	sweep/entry.c \
	sweep/entry.h \
	sweep/encoded.c \
	sweep/encoded.h \
	sweep/evaluate.c \
	sweep/evaluate.h \
	sweep/expr.c \
	sweep/expr.h \
	sweep/facts.c \
	sweep/facts.h \
	sweep/fault.c \
	sweep/fault.h \
	sweep/family.c \
	sweep/family.h \
	sweep/fields.def \
	sweep/guess.c \
	sweep/guess.h \
	sweep/hardware.c \
	sweep/hardware.h \
	sweep/key.c \
	sweep/learnt.c \
	sweep/learnt.h \
	sweep/listed.c \
	sweep/machine.c \
	sweep/machine.h \
	sweep/network_digest.c \
	sweep/network_digest.h \
	sweep/options.c \
	sweep/options.h \
	sweep/problems.c \
	sweep/problems.h \
	sweep/range.c \
	sweep/range.h \
	sweep/recipes.c \
	sweep/recipes.h \
	sweep/record.c \
	sweep/record.h \
	sweep/record_network.c \
	sweep/record_network.h \
	sweep/replace.c \
	sweep/replace.h \
	sweep/resolve.c \
	sweep/run.c \
	sweep/run.h \
	sweep/sample.c \
	sweep/sample.h \
	sweep/set.c \
	sweep/set.h \
	sweep/sobol.c \
	sweep/sobol.h \
	sweep/space.c \
	sweep/space.h \
	sweep/space_facts.c \
	sweep/space_impl.h \
	sweep/trial.c \
	sweep/trial.h \
	sweep/units.c \
	sweep/units.h
libsweep_a_CPPFLAGS = $(AM_CPPFLAGS) $(NETTLE_CFLAGS) $(ZLIB_CFLAGS)
libsweep_a_CFLAGS = $(AM_CFLAGS) $(SET_CFLAGS)

libspec_a_SOURCES = \
	sweep/list.c \
	sweep/space_load.c \
	sweep/spec.c \
	sweep/spec.h \
	sweep/spec_axis.c \
	sweep/spec_entry.c \
	sweep/spec_help.c \
	sweep/spec_impl.h \
	sweep/spec_key.c \
	sweep/spec_key.h \
	sweep/spec_override.c \
	sweep/spec_read.c \
	sweep/spec_recipe.c \
	sweep/spec_search.c \
	sweep/spec_search.h \
	sweep/spec_tree.c \
	sweep/spec_tree.h
libspec_a_CPPFLAGS = $(AM_CPPFLAGS) $(LIBCONFIG_CFLAGS)

libstore_a_SOURCES = \
	sweep/store.c \
	sweep/store.h \
	sweep/store_baselines.c \
	sweep/store_h5.c \
	sweep/store_h5.h \
	sweep/store_impl.h \
	sweep/store_keep.c \
	sweep/store_netcdf.c \
	sweep/store_netcdf.h \
	sweep/store_read.c \
	sweep/store_schema.c \
	sweep/store_table.c \
	sweep/store_table.h \
	sweep/store_trial.c \
	sweep/store_view.c
libstore_a_CPPFLAGS = $(AM_CPPFLAGS) $(HDF5_CFLAGS)

# Running trials: no MPI, no HDF5.
libfarm_a_SOURCES = \
	sweep/attempt.c \
	sweep/attempt.h \
	sweep/cause.c \
	sweep/cause.h \
	sweep/child.c \
	sweep/child.h \
	sweep/coordinator.c \
	sweep/coordinator.h \
	sweep/coordinator_show.c \
	sweep/cost.c \
	sweep/cost.h \
	sweep/decisions.c \
	sweep/decisions.h \
	sweep/farm.c \
	sweep/farm.h \
	sweep/journal.c \
	sweep/journal.h \
	sweep/ladder.c \
	sweep/ladder.h \
	sweep/lease.c \
	sweep/lease.h \
	sweep/local.c \
	sweep/lock.c \
	sweep/lock.h \
	sweep/mail.c \
	sweep/mail.h \
	sweep/message.c \
	sweep/message.h \
	sweep/past.c \
	sweep/past.h \
	sweep/place.c \
	sweep/place.h \
	sweep/progress.c \
	sweep/progress.h \
	sweep/schedule.c \
	sweep/schedule.h \
	sweep/simulate.c \
	sweep/simulate.h \
	sweep/state.c \
	sweep/state.h \
	sweep/strategy.c \
	sweep/strategy.h \
	sweep/transport.h \
	sweep/worker.c \
	sweep/worker.h
libfarm_a_CPPFLAGS = $(AM_CPPFLAGS) $(ZLIB_CFLAGS)

# From the state directory to the results file and back, through sweep/store.h.
libmerge_a_SOURCES = \
	sweep/emit.c \
	sweep/emit.h \
	sweep/merge.c \
	sweep/merge.h \
	sweep/merge_impl.h \
	sweep/merge_past.c \
	sweep/merge_rows.c \
	sweep/cover.c \
	sweep/cover.h \
	sweep/resume.c \
	sweep/resume.h \
	sweep/story.c \
	sweep/story.h \
	sweep/survey.c \
	sweep/survey.h

libmpi_a_SOURCES = sweep/mpi.c
libmpi_a_CPPFLAGS = $(AM_CPPFLAGS) $(MPI_CFLAGS)

# What links with sweep; those who read configurations put the spec pair first.
SPEC_LIBS = libspec.a
SPEC_SYSTEM_LIBS = $(LIBCONFIG_LIBS)
SWEEP_LIBS = libsweep.a
SWEEP_SYSTEM_LIBS = $(NETTLE_LIBS)
FARM_LIBS = libfarm.a
STORE_LIBS = libmerge.a libstore.a
STORE_SYSTEM_LIBS = $(HDF5_LIBS)
