/* Data sets known by name.  To add one: a line here, and its files where `obtain` says. */
#include "lib/data/dataset.h"
#include "lib/data/table.h"

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

/* ---- options that sets leave open ---- */

typedef struct cut_cfg {
    double test_share;
    uint32_t test_seed;
} cut_cfg;

#define CUT(share)                                                                   \
    {                                                                                \
        LUT_OPTION_F64(cut_cfg, test_share, "", 0.01, 0.9, share,                    \
                       "share of the rows in the test part; no split is published"), \
            LUT_OPTION_U32(cut_cfg, test_seed, "", 0, UINT32_MAX, "1",               \
                           "seed of that split")                                     \
    }

static const lut_field cut_fifth[] = CUT("0.2");
static const lut_field cut_quarter[] = CUT("0.25");
static const lut_field cut_third[] = CUT("0.3");

#define OPEN(table) \
    .fields = table, .nfields = LUT_COUNT(table), .cfg_size = sizeof(cut_cfg)

typedef struct nsl_cfg {
    char test[24];
    uint32_t bins;
} nsl_cfg;

static const lut_field nsl_fields[] = {
    LUT_OPTION_TEXT(nsl_cfg, test, "KDDTest+.txt|KDDTest-21.txt", "KDDTest+.txt",
                    "test part: all of it, or the rows that not each of 21 reference "
                    "classifiers got right"),
    LUT_OPTION_U32(nsl_cfg, bins, "", 0, TABLE_CUTS, "0",
                   "cut the 38 columns of numbers at so many quantiles of the training "
                   "part, each a feature 0 or 1; 0: keep the numbers"),
};

typedef struct image_cfg {
    uint32_t border;
} image_cfg;

static const lut_field image_fields[] = {
    LUT_OPTION_U32(image_cfg, border, "pixels", 0, 13, "0",
                   "rows and columns left out at each of the four sides; 4: the 20 x 20 "
                   "pixels of difflogic"),
};

#define IMAGES                                                         \
    .fields = image_fields, .nfields = LUT_COUNT(image_fields),        \
    .cfg_size = sizeof(image_cfg)

/* ---- columns ---- */

/* Values as the repository's description declares them, also those that no row has: they
 * are among difflogic's 51 bits. */
static const char ljubljana_columns[] =
    "class;"
    "age=10-19,20-29,30-39,40-49,50-59,60-69,70-79,80-89,90-99;"
    "menopause=lt40,ge40,premeno;"
    "tumor-size=0-4,5-9,10-14,15-19,20-24,25-29,30-34,35-39,40-44,45-49,50-54,55-59;"
    "inv-nodes=0-2,3-5,6-8,9-11,12-14,15-17,18-20,21-23,24-26,27-29,30-32,33-35,36-39;"
    "node-caps=yes,no;deg-malig=1,2,3;breast=left,right;"
    "breast-quad=left_up,left_low,right_up,right_low,central;irradiat=yes,no";

/* Values as declared: 99.  With the 17 cuts these are 116 bits, as many as difflogic has;
 * where that cuts the numbers is not published with the paper, so the cuts are ours:
 * deciles of age, the usual week, and where capital gains and losses tell most about the
 * class (training part).  education-num says what education says; fnlwgt is a weight. */
static const char adult_columns[] =
    "age>22,26,30,33,37,41,45,50,57;"
    "workclass=Private,Self-emp-not-inc,Self-emp-inc,Federal-gov,Local-gov,State-gov,"
    "Without-pay,Never-worked;"
    "fnlwgt;"
    "education=Bachelors,Some-college,11th,HS-grad,Prof-school,Assoc-acdm,Assoc-voc,9th,"
    "7th-8th,12th,Masters,1st-4th,10th,Doctorate,5th-6th,Preschool;"
    "education-num;"
    "marital-status=Married-civ-spouse,Divorced,Never-married,Separated,Widowed,"
    "Married-spouse-absent,Married-AF-spouse;"
    "occupation=Tech-support,Craft-repair,Other-service,Sales,Exec-managerial,"
    "Prof-specialty,Handlers-cleaners,Machine-op-inspct,Adm-clerical,Farming-fishing,"
    "Transport-moving,Priv-house-serv,Protective-serv,Armed-Forces;"
    "relationship=Wife,Own-child,Husband,Not-in-family,Other-relative,Unmarried;"
    "race=White,Asian-Pac-Islander,Amer-Indian-Eskimo,Other,Black;"
    "sex=Female,Male;"
    "capital-gain>0,3000,7000;capital-loss>0,1800;hours-per-week>35,40,50;"
    "native-country=United-States,Cambodia,England,Puerto-Rico,Canada,Germany,"
    "Outlying-US(Guam-USVI-etc),India,Japan,Greece,South,China,Cuba,Iran,Honduras,"
    "Philippines,Italy,Poland,Jamaica,Vietnam,Mexico,Portugal,Ireland,France,"
    "Dominican-Republic,Laos,Ecuador,Taiwan,Haiti,Columbia,Hungary,Guatemala,Nicaragua,"
    "Scotland,Thailand,Yugoslavia,El-Salvador,Trinadad&Tobago,Peru,Hong,"
    "Holand-Netherlands;"
    "income";

static const char monks_columns[] =
    "class;a1=1,2,3;a2=1,2,3;a3=1,2;a4=1,2,3;a5=1,2,3,4;a6=1,2;row";

static const char nsl_columns[] =
    "duration;protocol_type=*;service=*;flag=*;src_bytes;dst_bytes;land;wrong_fragment;"
    "urgent;hot;num_failed_logins;logged_in;num_compromised;root_shell;su_attempted;"
    "num_root;num_file_creations;num_shells;num_access_files;num_outbound_cmds;"
    "is_host_login;is_guest_login;count;srv_count;serror_rate;srv_serror_rate;"
    "rerror_rate;srv_rerror_rate;same_srv_rate;diff_srv_rate;srv_diff_host_rate;"
    "dst_host_count;dst_host_srv_count;dst_host_same_srv_rate;dst_host_diff_srv_rate;"
    "dst_host_same_src_port_rate;dst_host_srv_diff_host_rate;dst_host_serror_rate;"
    "dst_host_srv_serror_rate;dst_host_rerror_rate;dst_host_srv_rerror_rate;label;"
    "difficulty";

#define TEN(suffix)                                                                \
    "radius" suffix ";texture" suffix ";perimeter" suffix ";area" suffix           \
    ";smoothness" suffix ";compactness" suffix ";concavity" suffix ";concave" suffix \
    ";symmetry" suffix ";fractal" suffix

static const char wdbc_columns[] =
    "id;diagnosis;" TEN("_mean") ";" TEN("_error") ";" TEN("_worst");

static const char jsc_columns[] =
    "zlogz;c1_b0_mmdt;c1_b1_mmdt;c1_b2_mmdt;c2_b1_mmdt;c2_b2_mmdt;d2_b1_mmdt;d2_b2_mmdt;"
    "d2_a1_b1_mmdt;d2_a1_b2_mmdt;m2_b1_mmdt;m2_b2_mmdt;n2_b1_mmdt;n2_b2_mmdt;mass_mmdt;"
    "multiplicity";

static const char letter_columns[] =
    "letter;x-box;y-box;width;high;onpix;x-bar;y-bar;x2bar;y2bar;xybar;x2ybr;xy2br;"
    "x-ege;xegvy;y-ege;yegvx";

/* ---- sets ---- */

#define UCI_CITE "; UCI Machine Learning Repository, licence CC BY 4.0"
#define NSL_CITE                                                                   \
    "M. Tavallaee, E. Bagheri, W. Lu, A. Ghorbani, IEEE CISDA 2009; no licence stated"
#define NSL_OBTAIN                                                                 \
    "ask the Canadian Institute for Cybersecurity, University of New Brunswick, for " \
    "NSL-KDD, and put KDDTrain+.txt, KDDTest+.txt and KDDTest-21.txt in a folder nsl-kdd"
#define NSL_OPTIONS                                                                \
    "csv.train KDDTrain+.txt csv.test KDDTest+.txt csv.header false csv.label 42 " \
    "csv.drop 43 csv.classes "

/* clang-format off */
const lut_known lut_known_table[] = {
    { .name = "adult",
      .doc = "census income above 50,000 dollars, 30,162 training and 15,060 test "
             "rows without a missing value, 116 features 0 or 1, 2 classes",
      .reader = "csv",
      .options = "csv.train adult.data csv.test adult.test csv.header false "
                 "csv.classes text csv.missing drop csv.comment | csv.trim . csv.drop 3,5",
      .columns = adult_columns,
      .shape = { 30162, 15060, 116, 2 },
      .cite = "B. Becker, R. Kohavi, 1996 (R. Kohavi, KDD 1996)" UCI_CITE,
      .obtain = "put adult.data and adult.test of the UCI repository in a folder "
                "adult",
      .folder = "uci",
      .note = "17 of the 116 bits are thresholds of this project, not difflogic's",
      .file = {
          PLAIN("adult.data", UCI "adult/adult.data", 3974305,
                "5b00264637dbfec36bdeaab5676b0b309ff9eb788d63554ca0a249491c86603d"),
          PLAIN("adult.test", UCI "adult/adult.test", 2003153,
                "a2a9044bc167a35b2361efbabec64e89d69ce82d9790d2980119aac5fd7e9c05") } },
    { .name = "breast-cancer",
      .doc = "recurrence of breast cancer (Ljubljana), 286 rows, 9 categorical "
             "columns as 51 features 0 or 1, 2 classes",
      .reader = "csv",
      .options = "csv.train breast-cancer.data csv.header false csv.label first "
                 "csv.classes text csv.missing zeros csv.test_share 0.25",
      .columns = ljubljana_columns,
      OPEN(cut_quarter),
      .shape = { 214, 72, 51, 2 },
      .cite = "M. Zwitter, M. Soklic, Oncology Institute, University Medical Centre, "
              "Ljubljana, 1988" UCI_CITE,
      .obtain = "it comes with the program: see that its folder data/breast-cancer "
                "is whole, or put breast-cancer.data of the UCI repository in a "
                "folder breast-cancer",
      .folder = "uci",
      .file = {
          PLAIN("breast-cancer.data", UCI "breast-cancer/breast-cancer.data", 18654,
                "ca7d3fa97b62ff967b6894ffbb3acaaf4a51062e0149e5950b3ad6f685970b65") } },
    { .name = "cifar-10",
      .doc = "32x32 colour images of animals and vehicles, 50,000 training and "
             "10,000 test rows, 3,072 features, 10 classes",
      .reader = "cifar",
      .options = "",
      .shape = { 50000, 10000, 3072, 10 },
      .cite = "A. Krizhevsky, Learning multiple layers of features from tiny images, "
              "University of Toronto, 2009; no licence stated, citation asked for",
      .obtain = "download cifar-10-binary.tar.gz from the author's page "
                "(www.cs.toronto.edu/~kriz/cifar.html) and unpack it here: it makes "
                "a folder cifar-10-batches-bin",
      .folder = "cifar-10-batches-bin",
      .file = {
          PLAIN("data_batch_1.bin", NULL, 30730000,
                "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"),
          PLAIN("data_batch_2.bin", NULL, 30730000, NULL),
          PLAIN("data_batch_3.bin", NULL, 30730000, NULL),
          PLAIN("data_batch_4.bin", NULL, 30730000, NULL),
          PLAIN("data_batch_5.bin", NULL, 30730000, NULL),
          PLAIN("test_batch.bin", NULL, 30730000, NULL) } },
    { .name = "cifar-10-subset",
      .doc = "the first 10,000 training and the first 1,000 test rows of cifar-10",
      .reader = "cifar",
      .options = "cifar.train data_batch_1.bin cifar.test test_batch_first1000.bin",
      .shape = { 10000, 1000, 3072, 10 },
      .cite = "A. Krizhevsky, Learning multiple layers of features from tiny images, "
              "University of Toronto, 2009; no licence stated, citation asked for",
      .obtain = "put data_batch_1.bin of CIFAR-10's binary version and the first "
                "3,073,000 bytes of its test_batch.bin, as test_batch_first1000.bin, "
                "in a folder cifar-10-subset",
      .folder = "cifar10-subset",
      .partial = true,
      .note = "a fifth of the training part and a tenth of the test part",
      .file = {
          PLAIN("data_batch_1.bin", NULL, 30730000,
                "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"),
          PLAIN("test_batch_first1000.bin", NULL, 3073000,
                "8314c96d7cd65618193bab23acdd5d4c4af15bf6dd00a1781d55beedf3be1ef5") } },
    { .name = "fashion-mnist",
      .doc = "28x28 grey images of clothes, 60,000 training and 10,000 test rows, 10 "
             "classes",
      .reader = "idx",
      .options = IDX_FILES,
      IMAGES,
      .shape = { 60000, 10000, 784, 10 },
      .cite = "H. Xiao, K. Rasul, R. Vollgraf, arXiv 1708.07747, 2017; licence MIT",
      .obtain = "install the Debian package dataset-fashion-mnist (files in "
                "/usr/share/datasets/fashion-mnist), or put its four idx files in a "
                "folder fashion-mnist",
      .file = {
          PACKED("train-images-idx3-ubyte.gz", FASHION "train-images-idx3-ubyte.gz", 0, NULL,
                 "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
          PACKED("train-labels-idx1-ubyte.gz", FASHION "train-labels-idx1-ubyte.gz", 0, NULL,
                 "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
          PACKED("t10k-images-idx3-ubyte.gz", FASHION "t10k-images-idx3-ubyte.gz", 0, NULL,
                 "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
          PACKED("t10k-labels-idx1-ubyte.gz", FASHION "t10k-labels-idx1-ubyte.gz", 0, NULL,
                 "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34") } },
    { .name = "iris",
      .doc = "measures of iris flowers, 150 rows, 4 features, 3 classes",
      .reader = "csv",
      .options = "csv.train iris.data csv.header false csv.classes text "
                 "csv.test_share 0.3",
      .columns = "sepal_length;sepal_width;petal_length;petal_width;class",
      OPEN(cut_third),
      .shape = { 105, 45, 4, 3 },
      .cite = "R. Fisher, Annals of Eugenics 7(2), 1936" UCI_CITE,
      .obtain = "it comes with the program: see that its folder data/iris is whole, "
                "or put iris.data of the UCI repository in a folder iris",
      .folder = "uci",
      .file = {
          PLAIN("iris.data", UCI "iris/iris.data", 4551,
                "6f608b71a7317216319b4d27b4d9bc84e6abd734eda7872b71a458569e2656c0") } },
    { .name = "jsc-cernbox",
      .doc = "jets at the LHC, CERNBox version: about 987,000 rows, 16 features, 5 "
             "classes; 80 % for training",
      .reader = "npy",
      .options = "npy.train jsc_features.npy npy.train_labels jsc_labels.npy "
                 "npy.test_share 0.2",
      .columns = jsc_columns,
      OPEN(cut_fifth),
      .shape = { 0, 0, 16, 5 },
      .cite = "J. Duarte and others, JINST 13 P07027, 2018; see the licence at the "
              "source",
      .obtain = "its source is HDF5: data/README.md says how to export "
                "jsc_features.npy and jsc_labels.npy from it to a folder jsc-cernbox",
      .note = "CERNBox version of JSC: not comparable with OpenML; split by test_seed",
      .file = {
          PLAIN("jsc_features.npy", NULL, 0, NULL),
          PLAIN("jsc_labels.npy", NULL, 0, NULL) } },
    { .name = "jsc-openml",
      .doc = "jets at the LHC, OpenML version: 830,000 rows, 16 features, 5 classes; "
             "80 % for training",
      .reader = "arff",
      .options = "arff.train hls4ml_lhc_jets_hlf.arff arff.test_share 0.2",
      OPEN(cut_fifth),
      .shape = { 664000, 166000, 16, 5 },
      .cite = "J. Duarte and others, JINST 13 P07027, 2018; see the licence at the "
              "source",
      .obtain = "put the ARFF file of OpenML set 42468 as hls4ml_lhc_jets_hlf.arff "
                "in a folder jsc-openml",
      .note = "OpenML version of JSC: not comparable with CERNBox; split by test_seed",
      .file = {
          PLAIN("hls4ml_lhc_jets_hlf.arff", NULL, 0, NULL) } },
    { .name = "letter",
      .doc = "measures 0..15 of printed letters, the first 16,000 rows for training "
             "and the last 4,000 for test, 16 features, 26 classes",
      .reader = "csv",
      .options = "csv.train letter-recognition.data csv.header false csv.label first "
                 "csv.classes text csv.train_rows 16000",
      .columns = letter_columns,
      .shape = { 16000, 4000, 16, 26 },
      .cite = "P. Frey, D. Slate, Machine Learning 6(2), 1991" UCI_CITE,
      .obtain = "it comes with the program: see that its folder data/letter is "
                "whole, or put letter-recognition.data of the UCI repository in a "
                "folder letter",
      .folder = "uci",
      .file = {
          PLAIN("letter-recognition.data",
                UCI "letter-recognition/letter-recognition.data", 712565,
                "2b89f3602cf768d3c8355267d2f13f2417809e101fc2b5ceee10db19a60de6e2") } },
    { .name = "mnist",
      .doc = "28x28 grey images of handwritten digits, 60,000 training and 10,000 "
             "test rows, 10 classes",
      .reader = "idx",
      .options = IDX_FILES,
      IMAGES,
      .shape = { 60000, 10000, 784, 10 },
      .cite = "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Proc. IEEE 86(11), 1998; "
              "copyright LeCun and Cortes, commonly stated as CC BY-SA 3.0",
      .obtain = "put the four idx files of the MNIST database page "
                "(train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, "
                "t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz) in a folder "
                "mnist",
      .file = {
          PACKED("train-images-idx3-ubyte.gz", MNIST "train-images-idx3-ubyte.gz", 9912422,
                 "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                 "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
          PACKED("train-labels-idx1-ubyte.gz", MNIST "train-labels-idx1-ubyte.gz", 28881,
                 "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                 "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
          PACKED("t10k-images-idx3-ubyte.gz", MNIST "t10k-images-idx3-ubyte.gz", 1648877,
                 "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                 "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
          PACKED("t10k-labels-idx1-ubyte.gz", MNIST "t10k-labels-idx1-ubyte.gz", 4542,
                 "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                 "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2") } },
    { .name = "monks-1",
      .doc = "MONK's problem 1 (a1 = a2 or a5 = 1), 124 training rows and all 432 as "
             "test rows, 6 categorical columns as 17 features 0 or 1, 2 classes",
      .reader = "csv",
      .options = "csv.train monks-1.train csv.test monks-1.test csv.header false "
                 "csv.separator blank csv.label first csv.drop 8",
      .columns = monks_columns,
      .shape = { 124, 432, 17, 2 },
      .cite = "S. Thrun and others, CMU-CS-91-197, 1991; J. Wnek" UCI_CITE,
      .obtain = "it comes with the program: see that its folder data/monks-1 is "
                "whole, or put monks-1.train and monks-1.test of the UCI repository "
                "in a folder monks-1",
      .folder = "uci",
      .note = "the test part contains the training rows, as published",
      .file = {
          PLAIN("monks-1.train", UCI "monks-problems/monks-1.train", 2947,
                "d9c328b6f0e095ab10f7bc8468f1d2141f3d08be73e665c3bf0a62994c922606"),
          PLAIN("monks-1.test", UCI "monks-problems/monks-1.test", 10260,
                "e501ada3b21d876ab86f3e1614747bd2edc443a685f229a25e480aa1dea629f6") } },
    { .name = "monks-2",
      .doc = "MONK's problem 2 (exactly two columns are 1), 169 training rows and "
             "all 432 as test rows, 6 categorical columns as 17 features 0 or 1, 2 "
             "classes",
      .reader = "csv",
      .options = "csv.train monks-2.train csv.test monks-2.test csv.header false "
                 "csv.separator blank csv.label first csv.drop 8",
      .columns = monks_columns,
      .shape = { 169, 432, 17, 2 },
      .cite = "S. Thrun and others, CMU-CS-91-197, 1991; J. Wnek" UCI_CITE,
      .obtain = "it comes with the program: see that its folder data/monks-2 is "
                "whole, or put monks-2.train and monks-2.test of the UCI repository "
                "in a folder monks-2",
      .folder = "uci",
      .note = "the test part contains the training rows, as published",
      .file = {
          PLAIN("monks-2.train", UCI "monks-problems/monks-2.train", 4013,
                "7ebcc278005737caad0cd52e6aa31256a2c3174da8047faf4ac3a9d35edbdaa8"),
          PLAIN("monks-2.test", UCI "monks-problems/monks-2.test", 10260,
                "945650affde377c27f6218c8b17893e339ea831f4bee9f9d7123020699cfbf40") } },
    { .name = "monks-3",
      .doc = "MONK's problem 3 (6 training labels are wrong on purpose), 122 "
             "training rows and all 432 as test rows, 6 categorical columns as 17 "
             "features 0 or 1, 2 classes",
      .reader = "csv",
      .options = "csv.train monks-3.train csv.test monks-3.test csv.header false "
                 "csv.separator blank csv.label first csv.drop 8",
      .columns = monks_columns,
      .shape = { 122, 432, 17, 2 },
      .cite = "S. Thrun and others, CMU-CS-91-197, 1991; J. Wnek" UCI_CITE,
      .obtain = "it comes with the program: see that its folder data/monks-3 is "
                "whole, or put monks-3.train and monks-3.test of the UCI repository "
                "in a folder monks-3",
      .folder = "uci",
      .note = "the test part contains the training rows, as published",
      .file = {
          PLAIN("monks-3.train", UCI "monks-problems/monks-3.train", 2886,
                "726f258f80be06af4bb2d8831789514a663f5813e47429211fe19dcd367966f8"),
          PLAIN("monks-3.test", UCI "monks-problems/monks-3.test", 10260,
                "1d816ae7347afaf895050667adc3f382904c6ed2332d0a2d09353f5e6cb54612") } },
    { .name = "nsl-kdd",
      .doc = "network connections, normal or attack: 125,973 training rows and "
             "22,544 (or 11,850 hard) test rows, 38 numbers and 3 categorical "
             "columns, 2 classes",
      .reader = "csv",
      .options = NSL_OPTIONS "normal,*",
      .columns = nsl_columns,
      .fields = nsl_fields, .nfields = LUT_COUNT(nsl_fields), .cfg_size = sizeof(nsl_cfg),
      .shape = { 125973, 22544, 122, 2 },
      .cite = NSL_CITE,
      .obtain = NSL_OBTAIN,
      .file = {
          PLAIN("KDDTrain+.txt", NULL, 19109424,
                "1b86d2f957b33082081bba410fe129b475efebcc13c9014c3f447c8271aadf95"),
          PLAIN("KDDTest+.txt", NULL, 3441513,
                "fa46b0935342616aa83b7c2578db355b6a7aaabbc492248172c7a1e8b7ab8f84"),
          PLAIN("KDDTest-21.txt", NULL, 1814092,
                "746993ac9e25868827cacf09eab450050a2a1056e1ce48a1ad39f5dc801d531d") } },
    { .name = "nsl-kdd-5",
      .doc = "network connections, normal or four groups of attacks: 125,973 "
             "training rows and 22,544 (or 11,850 hard) test rows, 38 numbers and 3 "
             "categorical columns, 5 classes",
      .reader = "csv",
      .options = NSL_OPTIONS "normal,"
          "apache2|back|land|mailbomb|neptune|pod|processtable|smurf|teardrop|udpstorm,"
          "ipsweep|mscan|nmap|portsweep|saint|satan,"
          "ftp_write|guess_passwd|imap|multihop|named|phf|sendmail|snmpgetattack|"
          "snmpguess|spy|warezclient|warezmaster|worm|xlock|xsnoop,"
          "buffer_overflow|httptunnel|loadmodule|perl|ps|rootkit|sqlattack|xterm",
      .columns = nsl_columns,
      .fields = nsl_fields, .nfields = LUT_COUNT(nsl_fields), .cfg_size = sizeof(nsl_cfg),
      .shape = { 125973, 22544, 122, 5 },
      .cite = NSL_CITE,
      .obtain = NSL_OBTAIN,
      .folder = "nsl-kdd",
      .file = {
          PLAIN("KDDTrain+.txt", NULL, 19109424,
                "1b86d2f957b33082081bba410fe129b475efebcc13c9014c3f447c8271aadf95"),
          PLAIN("KDDTest+.txt", NULL, 3441513,
                "fa46b0935342616aa83b7c2578db355b6a7aaabbc492248172c7a1e8b7ab8f84"),
          PLAIN("KDDTest-21.txt", NULL, 1814092,
                "746993ac9e25868827cacf09eab450050a2a1056e1ce48a1ad39f5dc801d531d") } },
    { .name = "optdigits",
      .doc = "8x8 pixel counts 0..16 of handwritten digits, 3,823 training and 1,797 "
             "test rows, 10 classes",
      .reader = "csv",
      .options =
          "csv.train optdigits.tra csv.test optdigits.tes csv.header false",
      .shape = { 3823, 1797, 64, 10 },
      .cite = "E. Alpaydin, C. Kaynak, Kybernetika 34(4), 1998; UCI Machine Learning "
              "Repository, licence CC BY 4.0",
      .obtain = "it comes with the program: see that its folder data/optdigits is "
                "whole, or put optdigits.tra and optdigits.tes of the UCI repository "
                "in a folder optdigits",
      .folder = "uci",
      .file = {
          PLAIN("optdigits.tra", UCI "optdigits/optdigits.tra", 563639,
                "e1b683cc211604fe8fd8c4417e6a69f31380e0c61d4af22e93cc21e9257ffedd"),
          PLAIN("optdigits.tes", UCI "optdigits/optdigits.tes", 264712,
                "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8") } },
    { .name = "unsw-nb15",
      .doc = "network flows, normal or attack: half of the published set, 82,332 "
             "rows cut at random, 39 numbers and 3 categorical columns, 2 classes",
      .reader = "csv",
      .options = "csv.train UNSW_NB15_training-set.csv csv.header true csv.categorical 3-5 "
                 "csv.drop 1,44 csv.test_share 0.25",
      OPEN(cut_quarter),
      .shape = { 61749, 20583, 190, 2 },
      .cite = "N. Moustafa, J. Slay, MilCIS 2015; free for academic research, other "
              "use needs the authors' consent",
      .obtain = "ask UNSW Canberra for UNSW-NB15, and put UNSW_NB15_training-set.csv "
                "(the one of 82,332 rows) in a folder unsw-nb15",
      .partial = true,
      .note = "half of the published set, cut at random, with the same rows in both parts",
      .file = {
          PLAIN("UNSW_NB15_training-set.csv", NULL, 15380800,
                "734fe6642edf758f7c94d7d9149426b49d202fe8e7bf0bef47392489c3c0a559") } },
    { .name = "wdbc",
      .doc = "breast cancer in Wisconsin (diagnostic), 569 rows, 30 features, 2 "
             "classes: benign, malignant",
      .reader = "csv",
      .options = "csv.train wdbc.data csv.header false csv.label 2 csv.classes text "
                 "csv.drop 1 csv.test_share 0.25",
      .columns = wdbc_columns,
      OPEN(cut_quarter),
      .shape = { 427, 142, 30, 2 },
      .cite = "W. Street, W. Wolberg, O. Mangasarian, 1993" UCI_CITE,
      .obtain = "it comes with the program: see that its folder data/wdbc is whole, "
                "or put wdbc.data of the UCI repository in a folder wdbc",
      .folder = "uci",
      .file = {
          PLAIN("wdbc.data", UCI "breast-cancer-wisconsin/wdbc.data", 124103,
                "d606af411f3e5be8a317a5a8b652b425aaf0ff38ca683d5327ffff94c3695f4a") } },
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

bool lut_known_public(const lut_known *known)
{
    const lut_known_file *f = known->file;
    size_t n = 0;

    while (n < LUT_KNOWN_FILES && f[n].name && f[n].url)
        n++;
    return n > 0 && (n == LUT_KNOWN_FILES || !f[n].name);
}
