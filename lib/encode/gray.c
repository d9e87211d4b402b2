/* As binary, in Gray code: the bits of v XOR v / 2, so that neighbours differ in one bit
 * (math.md 9.4; DiffLUT). */
#include "lib/encode/code.h"
#include "lib/encode/encode.h"

static void codes(uint8_t *out, size_t bits)
{
    for (unsigned v = 0; v <= lut_code_thresholds(bits); v++)
        lut_code_digits(out + v * bits, v ^ v >> 1, bits);
}

const lut_encode_ops lut_encode_gray = {
    .name = "gray",
    .doc = "the range in 2^b - 1 equal steps, in Gray code, high bit first",
    .max_bits = LUT_MAX_CODE_BITS,
    .thresholds = lut_code_thresholds,
    .codes = codes,
    .fit = lut_code_binary_fit,
};
