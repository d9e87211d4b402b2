/* Data sets known by name.  To add one: a line here, and its files where `obtain` says. */
#include "lib/data/dataset.h"

#include <string.h>

/* The names that MNIST and its successors share. */
#define IDX_FILES                                                \
    "idx.train_images train-images-idx3-ubyte idx.train_labels " \
    "train-labels-idx1-ubyte "                                   \
    "idx.test_images t10k-images-idx3-ubyte idx.test_labels t10k-labels-idx1-ubyte"

#define UCI "https://archive.ics.uci.edu/ml/machine-learning-databases/"
#define FASHION \
    "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/"
#define MNIST "https://ossci-datasets.s3.amazonaws.com/mnist/"

/* Served as it is used; served packed, with the sum of the unpacked bytes last. */
#define PLAIN(name_, url_, bytes_, sum)                            \
    {                                                              \
        .name = name_, .url = url_, .bytes = bytes_, .sha256 = sum \
    }
#define PACKED(name_, url_, bytes_, sum, unpacked_)                 \
    {                                                               \
        .name = name_, .url = url_, .bytes = bytes_, .sha256 = sum, \
        .unpacked = unpacked_                                       \
    }

/* clang-format off: one line a file or a sum */
const lut_known lut_known_table[] = {
    { .name = "fashion-mnist",
      .doc = "28x28 grey images of clothes, 60,000 training and 10,000 test rows, "
             "10 classes",
      .reader = "idx",
      .options = IDX_FILES,
      .shape = { 60000, 10000, 784, 10 },
      .cite = "H. Xiao, K. Rasul, R. Vollgraf, arXiv 1708.07747, 2017; licence MIT",
      .obtain = "install the Debian package dataset-fashion-mnist (files in "
                "/usr/share/datasets/fashion-mnist), or put its four idx files in a "
                "folder fashion-mnist",
      .file = { PACKED(
                    "train-images-idx3-ubyte.gz", FASHION "train-images-idx3-ubyte.gz",
                    0, NULL,
                    "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
                PACKED(
                    "train-labels-idx1-ubyte.gz", FASHION "train-labels-idx1-ubyte.gz",
                    0, NULL,
                    "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
                PACKED(
                    "t10k-images-idx3-ubyte.gz", FASHION "t10k-images-idx3-ubyte.gz", 0,
                    NULL,
                    "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
                PACKED("t10k-labels-idx1-ubyte.gz", FASHION "t10k-labels-idx1-ubyte.gz",
                       0, NULL,
                       "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c3"
                       "4") } },
    { .name = "mnist",
      .doc = "28x28 grey images of handwritten digits, 60,000 training and 10,000 test "
             "rows, 10 classes",
      .reader = "idx",
      .options = IDX_FILES,
      .shape = { 60000, 10000, 784, 10 },
      .cite = "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Proc. IEEE 86(11), 1998; "
              "copyright LeCun and Cortes, commonly stated as CC BY-SA 3.0",
      .obtain =
          "put the four idx files of the MNIST database page "
          "(train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, "
          "t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz) in a folder mnist",
      .file = { PACKED(
                    "train-images-idx3-ubyte.gz", MNIST "train-images-idx3-ubyte.gz",
                    9912422,
                    "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
                PACKED(
                    "train-labels-idx1-ubyte.gz", MNIST "train-labels-idx1-ubyte.gz",
                    28881,
                    "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
                PACKED(
                    "t10k-images-idx3-ubyte.gz", MNIST "t10k-images-idx3-ubyte.gz",
                    1648877,
                    "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
                PACKED(
                    "t10k-labels-idx1-ubyte.gz", MNIST "t10k-labels-idx1-ubyte.gz",
                    4542,
                    "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f"
                    "2") } },
    { .name = "optdigits",
      .doc =
          "8x8 pixel counts 0..16 of handwritten digits, 3,823 training and 1,797 test "
          "rows, 10 classes",
      .reader = "csv",
      .options =
          "csv.train optdigits.tra csv.test optdigits.tes csv.label last "
          "csv.header false csv.separator comma csv.test_share 0 csv.test_seed 1",
      .shape = { 3823, 1797, 64, 10 },
      .cite = "E. Alpaydin, C. Kaynak, Kybernetika 34(4), 1998; UCI Machine Learning "
              "Repository, licence CC BY 4.0",
      .obtain =
          "it comes with the program: see that its folder data/optdigits is whole, "
          "or put optdigits.tra and optdigits.tes of the UCI repository in a folder "
          "optdigits",
      .file = { PLAIN(
                    "optdigits.tra", UCI "optdigits/optdigits.tra", 563639,
                    "e1b683cc211604fe8fd8c4417e6a69f31380e0c61d4af22e93cc21e9257ffedd"),
                PLAIN("optdigits.tes", UCI "optdigits/optdigits.tes", 264712,
                      "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b"
                      "8") } },
    { .name = NULL },
};
/* clang-format on */

const lut_known *lut_known_find(const char *name)
{
    for (const lut_known *k = lut_known_table; k->name; k++)
        if (strcmp(k->name, name) == 0)
            return k;
    return NULL;
}
