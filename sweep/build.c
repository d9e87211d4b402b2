/* The only file that is compiled again after each commit. */
#include "config.h"
#include "revision.h"
#include "sweep/build.h"

const char *sweep_revision(void)
{
    return LUT_REVISION;
}

const char *sweep_build(void)
{
    return PACKAGE_VERSION " " LUT_REVISION;
}

const char *sweep_version(void)
{
    return PACKAGE_VERSION " (" LUT_REVISION ")";
}
