/* What a trained network's function follows from, without what training alone needs. */
#include "lib/net/private.h"

#include "lib/base/check.h"
#include "lib/base/pack.h"

static void pass_net(lut_pack *w, const lut_net *net)
{
    for (uint32_t i = 0; i < net->nlayers; i++) {
        const lut_layer *l = &net->layer[i];

        lut_pack_next(w, l->tiles.w, l->ntiles * l->tiles.nweights * sizeof(lut_f));
        if (l->candidates)
            lut_pack_next(w, l->wire, l->slots * sizeof *l->wire);
    }
    lut_pack_next(w, net->inlet.d, net->inlet.padded * sizeof *net->inlet.d);
}

size_t lut_net_kept_size(const lut_net *net)
{
    lut_pack w = { 0 };

    pass_net(&w, net);
    return w.used;
}

void lut_net_keep(const lut_net *net, void *kept)
{
    lut_pack w = { .to = kept };

    pass_net(&w, net);
}

/* Place of the slot's wire among its candidates; where it is none of them, it becomes the first
 * one. */
static size_t place_of_wire(const lut_choice *c, size_t slot)
{
    for (size_t i = 0; i < c->candidates; i++)
        if (lut_choice_input(c, slot, i) == c->wire[slot])
            return i;
    c->candidate[slot * c->candidates] = c->wire[slot];
    return 0;
}

static void say_wires(const lut_choice *c, size_t slots)
{
    memset(c->weight, 0, slots * c->padded * sizeof *c->weight);
    for (size_t slot = 0; slot < slots; slot++) {
        LUT_CHECK(c->wire[slot] < c->inputs);
        c->weight[slot * c->padded + place_of_wire(c, slot)] = 1;
    }
}

void lut_net_take_back(lut_net *net, const void *kept, const lut_exec *exec)
{
    lut_pack w = { .from = kept };

    pass_net(&w, net);
    for (uint32_t i = 0; i < net->nlayers; i++)
        if (net->layer[i].candidates)
            say_wires(&net->layer[i].choice, net->layer[i].slots);
    lut_net_refresh(net, exec);
}
