# Data sets small and free enough to ship; found here before and under pkgdatadir after
# installation.
nobase_dist_pkgdata_DATA = \
	data/optdigits/optdigits.names \
	data/optdigits/optdigits.tes.gz \
	data/optdigits/optdigits.tra.gz
EXTRA_DIST += data/README.md
