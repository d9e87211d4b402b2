# Data sets small and free enough to ship; found here before and under pkgdatadir after
# installation.
nobase_dist_pkgdata_DATA = \
	data/baselines.csv \
	data/breast-cancer/breast-cancer.data \
	data/breast-cancer/breast-cancer.names \
	data/iris/iris.data \
	data/iris/iris.names \
	data/letter/letter-recognition.data.gz \
	data/letter/letter-recognition.names \
	data/monks-1/monks-1.test \
	data/monks-1/monks-1.train \
	data/monks-2/monks-2.test \
	data/monks-2/monks-2.train \
	data/monks-3/monks-3.test \
	data/monks-3/monks-3.train \
	data/optdigits/optdigits.names \
	data/optdigits/optdigits.tes.gz \
	data/optdigits/optdigits.tra.gz \
	data/wdbc/wdbc.data.gz \
	data/wdbc/wdbc.names
EXTRA_DIST += data/README.md
