#include "sweep/message.h"
#include "lib/base/check.h"

#include <string.h>
#include <zlib.h>

static const uint32_t magic = 0x5357544cu; /* "LTWS" */
enum { VERSION = 2, HEADER = 16 };

static uint32_t checksum(const sweep_message *m)
{
    return (uint32_t)crc32(0, (const Bytef *)m + HEADER, m->length - HEADER);
}

void sweep_message_pack(sweep_message *m)
{
    size_t length = m->bytes ? m->bytes : strnlen(m->text, sizeof m->text);

    LUT_CHECK(length < sizeof m->text);
    m->text[length] = 0;
    m->magic = magic;
    m->version = VERSION;
    m->length = (uint32_t)(offsetof(sweep_message, text) + length + 1);
    m->crc = checksum(m);
}

lut_status sweep_message_check(const sweep_message *m, lut_err *err)
{
    if (m->magic != magic || m->version != VERSION)
        return lut_fail(
            err, LUT_EFORMAT,
            "message of version %u, want %d: all ranks must run one program",
            m->magic == magic ? m->version : 0, VERSION);
    if (m->length <= offsetof(sweep_message, text) || m->length > SWEEP_MESSAGE ||
        checksum(m) != m->crc || ((const char *)m)[m->length - 1] != 0)
        return lut_fail(err, LUT_EFORMAT, "damaged message of %u bytes", m->length);
    return LUT_OK;
}

lut_status sweep_message_send(sweep_transport *t, int to, bool up, sweep_message *m,
                              lut_err *err)
{
    sweep_message_pack(m);
    return t->send(t, to, up, m, err);
}
