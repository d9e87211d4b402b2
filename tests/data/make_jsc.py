"""Made-up rows in the two formats of the LHC jet set: what the readers meet, not physics.

40 rows of 16 numbers, eight of each of the classes g, q, w, z, t in turn.  Needs numpy.
"""
import numpy

NAMES = ("zlogz c1_b0_mmdt c1_b1_mmdt c1_b2_mmdt c2_b1_mmdt c2_b2_mmdt d2_b1_mmdt "
         "d2_b2_mmdt d2_a1_b1_mmdt d2_a1_b2_mmdt m2_b1_mmdt m2_b2_mmdt n2_b1_mmdt "
         "n2_b2_mmdt mass_mmdt multiplicity").split()
CLASSES = "gqwzt"

random = numpy.random.default_rng(42468)
rows = random.normal(size=(40, len(NAMES))).astype("<f4")
rows[:, -1] = random.integers(10, 120, size=40)
label = numpy.arange(40) % 5

with open("jsc-openml/hls4ml_lhc_jets_hlf.arff", "w") as f:
    f.write("% Made-up rows in the format of OpenML set 42468.\n")
    f.write("@RELATION hls4ml_lhc_jets_hlf\n\n")
    for name in NAMES:
        f.write(f"@ATTRIBUTE {name} REAL\n")
    f.write("@ATTRIBUTE class {" + ", ".join(CLASSES) + "}\n\n@DATA\n")
    for row, k in zip(rows, label):
        f.write(",".join(str(v) for v in row) + f",{CLASSES[k]}\n")
numpy.save("jsc-cernbox/jsc_features.npy", rows)
numpy.save("jsc-cernbox/jsc_labels.npy", label)
