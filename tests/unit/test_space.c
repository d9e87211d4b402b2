#include "tests/support/fake_facts.h"
#include "tests/support/unit.h"
static void test_nothing(void)
{
}
UNIT_MAIN("space", UNIT(test_nothing))
