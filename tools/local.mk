# Not installed: whoever compares with other libraries works from the sources.
EXTRA_DIST += \
	tools/peers/README.md \
	tools/peers/compare.py \
	tools/peers/efd.py \
	tools/peers/gpu.py \
	tools/peers/gpu.sh \
	tools/peers/images.py \
	tools/peers/infer.py \
	tools/peers/models.py \
	tools/peers/networks.py \
	tools/peers/peer.py \
	tools/peers/setup.sh \
	tools/peers/shims.py \
	tools/peers/table.py

dist_bin_SCRIPTS = tools/lutsweep-relaunch
