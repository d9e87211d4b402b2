/* kind = regulariser. */
#include "tests/reference/case.h"

void vec_regulariser(vec_case *c)
{
    vec_problem(c, "the library has no regularisers");
}
