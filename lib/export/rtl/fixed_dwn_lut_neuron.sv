// One look-up table.  data_in_0 is the address: the first input of the LUT is its highest bit,
// and bit a of LUT_CONTENTS is the output at address a.
`default_nettype none
module fixed_dwn_lut_neuron #(
    parameter integer LUT_N = 6,
    parameter logic [(1<<LUT_N)-1:0] LUT_CONTENTS = '0
) (
    input wire [LUT_N-1:0] data_in_0,
    output wire data_out_0
);
assign data_out_0 = LUT_CONTENTS[data_in_0];
endmodule
`default_nettype wire
