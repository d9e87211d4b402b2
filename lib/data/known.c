/* Data sets known by name.  To add one: a line here, and its files where `obtain` says. */
#include "lib/data/dataset.h"

#include <string.h>

/* The names that MNIST and its successors share. */
#define IDX_FILES                                                \
    "idx.train_images train-images-idx3-ubyte idx.train_labels " \
    "train-labels-idx1-ubyte "                                   \
    "idx.test_images t10k-images-idx3-ubyte idx.test_labels t10k-labels-idx1-ubyte"

const lut_known lut_known_table[] = {
    { .name = "fashion-mnist",
      .doc = "28x28 grey images of clothes, 60,000 training and 10,000 test rows, "
             "10 classes",
      .reader = "idx",
      .options = IDX_FILES,
      .cite = "H. Xiao, K. Rasul, R. Vollgraf, arXiv 1708.07747, 2017; licence MIT",
      .obtain = "install the Debian package dataset-fashion-mnist (files in "
                "/usr/share/datasets/fashion-mnist), or put its four idx files in a "
                "folder fashion-mnist" },
    { .name = "mnist",
      .doc = "28x28 grey images of handwritten digits, 60,000 training and 10,000 test "
             "rows, 10 classes",
      .reader = "idx",
      .options = IDX_FILES,
      .cite = "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Proc. IEEE 86(11), 1998; "
              "copyright LeCun and Cortes, commonly stated as CC BY-SA 3.0",
      .obtain =
          "put the four idx files of the MNIST database page "
          "(train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, "
          "t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz) in a folder mnist" },
    { .name = "optdigits",
      .doc =
          "8x8 pixel counts 0..16 of handwritten digits, 3,823 training and 1,797 test "
          "rows, 10 classes",
      .reader = "csv",
      .options =
          "csv.train optdigits.tra csv.test optdigits.tes csv.label last "
          "csv.header false csv.separator comma csv.test_share 0 csv.test_seed 1",
      .cite = "E. Alpaydin, C. Kaynak, Kybernetika 34(4), 1998; UCI Machine Learning "
              "Repository, licence CC BY 4.0",
      .obtain =
          "it comes with the program: see that its folder data/optdigits is whole, "
          "or put optdigits.tra and optdigits.tes of the UCI repository in a folder "
          "optdigits" },
    { .name = NULL },
};

const lut_known *lut_known_find(const char *name)
{
    for (const lut_known *k = lut_known_table; k->name; k++)
        if (strcmp(k->name, name) == 0)
            return k;
    return NULL;
}
