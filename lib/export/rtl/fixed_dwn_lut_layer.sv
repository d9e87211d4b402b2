// A layer of look-up tables, with PIPELINE_STAGES registers behind it.
//
// INPUT_INDICES: 16 bits for each input of each LUT, input j of LUT o at
// [16 * (o * LUT_N + j) +: 16]: the bit of data_in_0 that it reads.
// LUT_CONTENTS: the table of LUT o at [o * 2^LUT_N +: 2^LUT_N]; input 0 is the highest bit of
// its address.
`default_nettype none
module fixed_dwn_lut_layer #(
    parameter integer DATA_IN_0_TENSOR_SIZE_DIM_0 = 6,
    parameter integer DATA_OUT_0_TENSOR_SIZE_DIM_0 = 1,
    parameter integer LUT_N = 6,
    parameter logic [16*LUT_N*DATA_OUT_0_TENSOR_SIZE_DIM_0-1:0] INPUT_INDICES = '0,
    parameter logic [(DATA_OUT_0_TENSOR_SIZE_DIM_0<<LUT_N)-1:0] LUT_CONTENTS = '0,
    parameter integer PIPELINE_STAGES = 0
) (
    input wire clk,
    input wire rst,
    input wire [DATA_IN_0_TENSOR_SIZE_DIM_0-1:0] data_in_0,
    input wire data_in_0_valid,
    output wire data_in_0_ready,
    output wire [DATA_OUT_0_TENSOR_SIZE_DIM_0-1:0] data_out_0,
    output wire data_out_0_valid,
    input wire data_out_0_ready
);
wire [DATA_OUT_0_TENSOR_SIZE_DIM_0-1:0] result;
wire unused = &{1'b0, data_in_0};

generate
    genvar lut, place;
    for (lut = 0; lut < DATA_OUT_0_TENSOR_SIZE_DIM_0; lut = lut + 1) begin : g_lut
        wire [LUT_N-1:0] address;
        for (place = 0; place < LUT_N; place = place + 1) begin : g_input
            localparam integer INDEX = {16'd0, INPUT_INDICES[16*(lut*LUT_N+place)+:16]};
            assign address[LUT_N-1-place] = data_in_0[INDEX];
        end
        fixed_dwn_lut_neuron #(
            .LUT_N(LUT_N),
            .LUT_CONTENTS(LUT_CONTENTS[(lut<<LUT_N)+:(1<<LUT_N)])
        ) neuron (
            .data_in_0(address),
            .data_out_0(result[lut])
        );
    end
endgenerate

fixed_dwn_pipe #(
    .DATA_WIDTH(DATA_OUT_0_TENSOR_SIZE_DIM_0),
    .PIPELINE_STAGES(PIPELINE_STAGES)
) pipe (
    .clk(clk),
    .rst(rst),
    .data_in_0(result),
    .data_in_0_valid(data_in_0_valid),
    .data_in_0_ready(data_in_0_ready),
    .data_out_0(data_out_0),
    .data_out_0_valid(data_out_0_valid),
    .data_out_0_ready(data_out_0_ready)
);
endmodule
`default_nettype wire
