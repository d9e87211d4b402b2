# lib: numerics only.  No MPI, no HDF5, no libconfig.
noinst_LIBRARIES += liblut.a liblutscalar.a

# Plug-ins.  To add one: write the file, add one line here.
LUT_PARAMS = \
	lib/param/difflogic.c \
	lib/param/dwn.c \
	lib/param/fourier.c \
	lib/param/hybrid.c \
	lib/param/light.c \
	lib/param/linear.c \
	lib/param/neural.c \
	lib/param/poly.c \
	lib/param/probabilistic.c \
	lib/param/unbound_probabilistic.c \
	lib/param/warp.c

LUT_OPTIMS = \
	lib/optim/adam.c \
	lib/optim/adamw.c \
	lib/optim/sgd.c

LUT_SCHEDULES = \
	lib/optim/constant.c \
	lib/optim/cosine.c \
	lib/optim/step.c

LUT_REGULS = \
	lib/regul/bit_flip_sensitivity.c \
	lib/regul/spectral_degree.c \
	lib/regul/spectral_l1.c \
	lib/regul/spectral_parseval.c \
	lib/regul/spectral_parseval_norm.c \
	lib/regul/spectral_sigma_max.c \
	lib/regul/warp_abs_sum.c \
	lib/regul/warp_l2.c \
	lib/regul/warp_last.c \
	lib/regul/weight_decay.c

LUT_MAPS = \
	lib/map/arange.c \
	lib/map/cyclic.c \
	lib/map/learnable.c \
	lib/map/random.c \
	lib/map/soft.c \
	lib/map/unique.c

LUT_ENCODERS = \
	lib/encode/binary.c \
	lib/encode/bits.c \
	lib/encode/distributive.c \
	lib/encode/gaussian.c \
	lib/encode/given.c \
	lib/encode/gray.c \
	lib/encode/levels.c \
	lib/encode/logarithmic.c \
	lib/encode/nonzero.c \
	lib/encode/one_hot.c \
	lib/encode/sign_magnitude.c \
	lib/encode/uniform.c

LUT_EXPORTS = \
	lib/export/aiger.c \
	lib/export/blif.c \
	lib/export/c99.c \
	lib/export/dot.c \
	lib/export/systemverilog.c \
	lib/export/verilog.c

# Modules that --format systemverilog copies.
LUT_RTL = \
	lib/export/rtl/fixed_dwn_adder_tree.sv \
	lib/export/rtl/fixed_dwn_argmax.sv \
	lib/export/rtl/fixed_dwn_code.sv \
	lib/export/rtl/fixed_dwn_flatten.sv \
	lib/export/rtl/fixed_dwn_groupsum.sv \
	lib/export/rtl/fixed_dwn_lut_layer.sv \
	lib/export/rtl/fixed_dwn_lut_neuron.sv \
	lib/export/rtl/fixed_dwn_pipe.sv \
	lib/export/rtl/fixed_dwn_thermometer.sv

LUT_READERS = \
	lib/data/arff.c \
	lib/data/cifar.c \
	lib/data/csv.c \
	lib/data/idx.c \
	lib/data/npy.c \
	lib/data/synth.c

liblut_a_SOURCES = \
	$(LUT_ENCODERS) \
	$(LUT_EXPORTS) \
	$(LUT_MAPS) \
	$(LUT_READERS) \
	$(LUT_SCHEDULES) \
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
	lib/base/pack.h \
	lib/base/rng.c \
	lib/base/rng.h \
	lib/base/status.c \
	lib/base/status.h \
	lib/base/team.c \
	lib/base/team.h \
	lib/circuit/argmax.c \
	lib/circuit/argmax.h \
	lib/circuit/build.c \
	lib/circuit/build.h \
	lib/circuit/care.c \
	lib/circuit/care.h \
	lib/circuit/care_data.c \
	lib/circuit/circuit.c \
	lib/circuit/circuit.h \
	lib/circuit/cost.c \
	lib/circuit/cost.h \
	lib/circuit/cut.c \
	lib/circuit/cut.h \
	lib/circuit/design.c \
	lib/circuit/design.h \
	lib/circuit/direct.c \
	lib/circuit/direct.h \
	lib/circuit/encoder.c \
	lib/circuit/encoder.h \
	lib/circuit/layers.c \
	lib/circuit/layers.h \
	lib/circuit/map.c \
	lib/circuit/netlist.c \
	lib/circuit/netlist.h \
	lib/circuit/packed.c \
	lib/circuit/packed.h \
	lib/circuit/popcount.c \
	lib/circuit/popcount.h \
	lib/circuit/program.c \
	lib/circuit/program.h \
	lib/circuit/simplify.c \
	lib/circuit/split.c \
	lib/circuit/split.h \
	lib/circuit/table.h \
	lib/data/cut.c \
	lib/data/cut.h \
	lib/data/dataset.c \
	lib/data/dataset.h \
	lib/data/file.c \
	lib/data/file.h \
	lib/data/inspect.c \
	lib/data/inspect.h \
	lib/data/known.c \
	lib/data/table.c \
	lib/data/table.h \
	lib/data/table_bins.c \
	lib/data/table_columns.c \
	lib/data/text.c \
	lib/data/text.h \
	lib/data/values.c \
	lib/data/values.h \
	lib/encode/apply.c \
	lib/encode/code.c \
	lib/encode/code.h \
	lib/encode/encode.c \
	lib/encode/encode.h \
	lib/encode/fixed.c \
	lib/encode/fixed.h \
	lib/encode/learnt.c \
	lib/encode/learnt.h \
	lib/encode/sort.c \
	lib/encode/sort.h \
	lib/export/c99.h \
	lib/export/c99_body.c \
	lib/export/c99_plan.c \
	lib/export/export.c \
	lib/export/export.h \
	lib/export/netlist_blif.c \
	lib/export/netlist_blif.h \
	lib/export/systemverilog.h \
	lib/export/systemverilog_top.c \
	lib/export/text.c \
	lib/export/text.h \
	lib/export/verilog.h \
	lib/export/verilog_bench.c \
	lib/export/verilog_block.c \
	lib/export/verilog_check.c \
	lib/export/verilog_check.h \
	lib/export/verilog_expression.c \
	lib/export/verilog_model.c \
	lib/export/verilog_parts.c \
	lib/export/verilog_plan.c \
	lib/export/verilog_read.c \
	lib/export/verilog_read.h \
	lib/export/verilog_samples.c \
	lib/export/verilog_scripts.c \
	lib/export/verilog_top.c \
	lib/export/verilog_words.c \
	lib/export/verilog_words.h \
	lib/kern/address.h \
	lib/kern/code.c \
	lib/kern/code.h \
	lib/kern/draw.h \
	lib/kern/few.h \
	lib/kern/half.h \
	lib/kern/kern.h \
	lib/kern/loops.h \
	lib/kern/machine.c \
	lib/kern/machine.h \
	lib/kern/mask.h \
	lib/kern/part.h \
	lib/kern/probe.h \
	lib/kern/probes.c \
	lib/kern/sampling.h \
	lib/kern/slicers.c \
	lib/kern/slices.h \
	lib/kern/sums.h \
	lib/kern/tiny.h \
	lib/kern/turn.h \
	lib/kern/vec.h \
	lib/map/map.c \
	lib/map/map.h \
	lib/net/anneal.c \
	lib/net/anneal.h \
	lib/net/backend.c \
	lib/net/backend.h \
	lib/net/cell.c \
	lib/net/cell.h \
	lib/net/checkpoint.c \
	lib/net/checkpoint.h \
	lib/net/differ.c \
	lib/net/choose.h \
	lib/net/correlate.h \
	lib/net/flip.c \
	lib/net/meet.c \
	lib/net/meet.h \
	lib/net/inlet.c \
	lib/net/keep.c \
	lib/net/inlet.h \
	lib/net/net.c \
	lib/net/net.h \
	lib/net/pass.c \
	lib/net/update.c \
	lib/net/walk.c \
	lib/net/penalty.c \
	lib/net/private.h \
	lib/net/space.c \
	lib/net/train.c \
	lib/net/train.h \
	lib/net/weights.h \
	lib/net/wiring.c \
	lib/optim/adam.h \
	lib/optim/moments.h \
	lib/optim/optim.c \
	lib/optim/optim.h \
	lib/param/init.h \
	lib/param/param.c \
	lib/param/param.h \
	lib/regul/regul.c \
	lib/regul/regul.h
nodist_liblut_a_SOURCES = \
	lib/data/registry.c \
	lib/encode/registry.c \
	lib/export/registry.c \
	lib/export/systemverilog_files.c \
	lib/map/registry.c \
	lib/optim/registry.c
liblut_a_CPPFLAGS = $(AM_CPPFLAGS) $(ZLIB_CFLAGS)
liblut_a_CFLAGS = $(AM_CFLAGS) $(SET_CFLAGS)

# Hot code and the plug-ins written on 16 lanes: compiled once per instruction set.
LUT_SET_SOURCES = $(LUT_PARAMS) $(LUT_OPTIMS) $(LUT_REGULS) \
	lib/kern/few.c lib/kern/gather.c lib/kern/interpolate.c lib/kern/kernels.c \
	lib/kern/lookup.c lib/kern/pair.c lib/kern/probe.c lib/kern/slices.c \
	lib/net/choose.c lib/net/correlate.c lib/net/tile.c

liblutscalar_a_SOURCES = $(LUT_SET_SOURCES)
nodist_liblutscalar_a_SOURCES = lib/param/registry_scalar.c lib/optim/registry_scalar.c \
	lib/regul/registry_scalar.c
liblutscalar_a_CPPFLAGS = $(AM_CPPFLAGS) -DLUT_SET=scalar
liblutscalar_a_CFLAGS = $(AM_CFLAGS) $(SET_CFLAGS)

LUT_LIBS = liblut.a liblutscalar.a

if LUT_AVX2
noinst_LIBRARIES += liblutavx2.a
liblutavx2_a_SOURCES = $(LUT_SET_SOURCES)
nodist_liblutavx2_a_SOURCES = lib/param/registry_avx2.c lib/optim/registry_avx2.c \
	lib/regul/registry_avx2.c
liblutavx2_a_CPPFLAGS = $(AM_CPPFLAGS) -DLUT_SET=avx2
liblutavx2_a_CFLAGS = $(AM_CFLAGS) $(SET_CFLAGS) $(AVX2_CFLAGS)
LUT_LIBS += liblutavx2.a
endif

if LUT_AVX512
noinst_LIBRARIES += liblutavx512.a
liblutavx512_a_SOURCES = $(LUT_SET_SOURCES)
nodist_liblutavx512_a_SOURCES = lib/param/registry_avx512.c lib/optim/registry_avx512.c \
	lib/regul/registry_avx512.c
liblutavx512_a_CPPFLAGS = $(AM_CPPFLAGS) -DLUT_SET=avx512
liblutavx512_a_CFLAGS = $(AM_CFLAGS) $(SET_CFLAGS) $(AVX512_CFLAGS)
LUT_LIBS += liblutavx512.a
endif

# The sets' plug-ins call helpers of liblut.a, which links to the sets' tables.
LUT_LIBS += liblut.a
LUT_SYSTEM_LIBS = $(ZLIB_LIBS) -lm

# Tables of plug-ins, from the lists above.
REGISTRY = $(AM_V_GEN)$(MKDIR_P) $(@D) && sh $(srcdir)/lib/registry.sh

lib/data/registry.c: lib/registry.sh lib/local.mk
	$(REGISTRY) reader - lib/data/dataset.h $(LUT_READERS) >$@.tmp && mv $@.tmp $@
lib/encode/registry.c: lib/registry.sh lib/local.mk
	$(REGISTRY) encode - lib/encode/encode.h $(LUT_ENCODERS) >$@.tmp && mv $@.tmp $@
lib/export/registry.c: lib/registry.sh lib/local.mk
	$(REGISTRY) export - lib/export/export.h $(LUT_EXPORTS) >$@.tmp && mv $@.tmp $@
lib/export/systemverilog_files.c: lib/export/rtl.sh lib/local.mk $(LUT_RTL)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && (cd $(srcdir) && sh lib/export/rtl.sh $(LUT_RTL)) \
		>$@.tmp && mv $@.tmp $@
lib/map/registry.c: lib/registry.sh lib/local.mk
	$(REGISTRY) map - lib/map/map.h $(LUT_MAPS) >$@.tmp && mv $@.tmp $@
lib/optim/registry.c: lib/registry.sh lib/local.mk
	$(REGISTRY) schedule - lib/optim/optim.h $(LUT_SCHEDULES) >$@.tmp && mv $@.tmp $@

LUT_SET_REGISTRIES = \
	lib/optim/registry_avx2.c \
	lib/optim/registry_avx512.c \
	lib/optim/registry_scalar.c \
	lib/param/registry_avx2.c \
	lib/param/registry_avx512.c \
	lib/param/registry_scalar.c \
	lib/regul/registry_avx2.c \
	lib/regul/registry_avx512.c \
	lib/regul/registry_scalar.c

lib/param/registry_scalar.c lib/param/registry_avx2.c lib/param/registry_avx512.c: \
		lib/registry.sh lib/local.mk
	$(REGISTRY) param `echo $@ | sed 's/.*_//; s/[.]c//'` lib/param/param.h \
		$(LUT_PARAMS) >$@.tmp && mv $@.tmp $@
lib/optim/registry_scalar.c lib/optim/registry_avx2.c lib/optim/registry_avx512.c: \
		lib/registry.sh lib/local.mk
	$(REGISTRY) optim `echo $@ | sed 's/.*_//; s/[.]c//'` lib/optim/optim.h \
		$(LUT_OPTIMS) >$@.tmp && mv $@.tmp $@
lib/regul/registry_scalar.c lib/regul/registry_avx2.c lib/regul/registry_avx512.c: \
		lib/registry.sh lib/local.mk
	$(REGISTRY) regul `echo $@ | sed 's/.*_//; s/[.]c//'` lib/regul/regul.h \
		$(LUT_REGULS) >$@.tmp && mv $@.tmp $@

CLEANFILES += $(nodist_liblut_a_SOURCES) $(LUT_SET_REGISTRIES)
EXTRA_DIST += lib/registry.sh lib/export/rtl.sh $(LUT_RTL)
