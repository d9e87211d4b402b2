#include "lib/net/checkpoint.h"
#include "lib/base/check.h"
#include "lib/base/pack.h"
#include "lib/net/private.h"

#include <string.h>
#include <zlib.h>

enum { VERSION = 2, BYTE_ORDER_MARK = 0x01020304 };

static const char magic[8] = "LUTCKPT";

typedef struct header {
    char magic[8];
    uint32_t version, order;
    char tag[LUT_CHECKPOINT_TAG];
    uint64_t size; /* of the whole */
    uint32_t crc;  /* of the whole, with 0 in its own place */
    uint32_t epochs_run;
} header;

/* Tables and wires follow from these. */
static void pass_layer(lut_pack *w, const lut_layer *l, size_t lines)
{
    const lut_choice *c = &l->choice;

    lut_pack_next(w, l->state, l->ntiles * l->tiles.nweights * lines * sizeof(lut_f));
    if (!l->candidates)
        return;
    lut_pack_next(w, c->state, l->slots * c->padded * lines * sizeof(float));
}

static void pass_run(lut_pack *w, const lut_net *net, lut_progress *p)
{
    lut_pack_next(w, &p->step, sizeof p->step);
    lut_pack_next(w, &p->best_accuracy, sizeof p->best_accuracy);
    lut_pack_next(w, &p->epochs_run, sizeof p->epochs_run);
    lut_pack_next(w, &p->best_epoch, sizeof p->best_epoch);
    lut_pack_next(w, p->history, p->epochs_run * sizeof *p->history);
    lut_pack_next(w, p->best, lut_net_kept_size(net));
    lut_pack_next(w, net->candidates, net->ncandidates * sizeof *net->candidates);
    lut_pack_next(w, net->weights, net->nweights * sizeof *net->weights);
    for (uint32_t i = 0; i < net->nlayers; i++)
        pass_layer(w, &net->layer[i],
                   lut_moments_lines(net->moments, net->optim->nstate));
    lut_pack_next(w, net->inlet.state,
                  net->inlet.padded / LUT_LANES * net->optim->nstate * sizeof(lut_f));
}

static size_t size_of(const lut_net *net, uint32_t epochs_run)
{
    lut_progress p = { .epochs_run = epochs_run };
    lut_pack w = { .used = sizeof(header) };

    pass_run(&w, net, &p);
    return w.used;
}

size_t lut_checkpoint_size(const lut_net *net, const lut_progress *p)
{
    return size_of(net, p->epochs_run);
}

static uint32_t crc_of(const header *h, const void *bytes)
{
    header without = *h;
    uLong crc;

    without.crc = 0;
    crc = crc32_z(0, (const Bytef *)&without, sizeof without);
    return (uint32_t)crc32_z(crc, (const Bytef *)bytes + sizeof without,
                             h->size - sizeof without);
}

void lut_checkpoint_pack(void *bytes, const lut_net *net, const lut_progress *p,
                         const char *tag)
{
    lut_progress copy = *p; /* writing does not change it */
    header h = { .version = VERSION,
                 .order = BYTE_ORDER_MARK,
                 .size = lut_checkpoint_size(net, p),
                 .epochs_run = p->epochs_run };
    lut_pack w = { .to = bytes, .used = sizeof h };

    LUT_CHECK(strlen(tag) < sizeof h.tag);
    memcpy(h.magic, magic, sizeof magic);
    strcpy(h.tag, tag);
    pass_run(&w, net, &copy);
    LUT_ASSERT(w.used == h.size);
    h.crc = crc_of(&h, bytes);
    memcpy(bytes, &h, sizeof h);
}

static lut_status check(const header *h, const void *bytes, size_t n, const char *tag,
                        lut_err *err)
{
    if (n < sizeof *h || memcmp(h->magic, magic, sizeof magic) != 0)
        return lut_fail(err, LUT_EFORMAT, "no checkpoint of a training run");
    if (h->order != BYTE_ORDER_MARK)
        return lut_fail(err, LUT_EFORMAT,
                        "checkpoint of a machine with another byte order");
    if (h->version != VERSION)
        return lut_fail(err, LUT_EFORMAT, "checkpoint of version %u, want %u",
                        (unsigned)h->version, (unsigned)VERSION);
    if (h->size != n)
        return lut_fail(err, LUT_EFORMAT, "checkpoint of %zu bytes, want %zu: damaged",
                        n, (size_t)h->size);
    if (h->crc != crc_of(h, bytes))
        return lut_fail(err, LUT_EFORMAT,
                        "checksum of the checkpoint is wrong: damaged");
    if (strncmp(h->tag, tag, sizeof h->tag) != 0)
        return lut_fail(err, LUT_EFORMAT, "checkpoint of %.31s, want %.31s", h->tag,
                        tag);
    return LUT_OK;
}

lut_status lut_checkpoint_unpack(lut_net *net, lut_progress *p, const void *bytes,
                                 size_t n, const char *tag, uint32_t epochs,
                                 lut_err *err)
{
    header h = { .version = 0 };
    lut_pack w = { .from = bytes, .used = sizeof h };

    memcpy(&h, bytes, n < sizeof h ? n : sizeof h);
    LUT_TRY(check(&h, bytes, n, tag, err));
    if (h.epochs_run > epochs || size_of(net, h.epochs_run) != n)
        return lut_fail(err, LUT_EFORMAT,
                        "checkpoint of another network, or of more than %u epochs",
                        (unsigned)epochs);
    p->epochs_run = h.epochs_run; /* says how long the history is */
    pass_run(&w, net, p);
    return LUT_OK;
}
