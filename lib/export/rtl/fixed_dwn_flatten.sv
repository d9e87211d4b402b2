// Rows of bits, those of a feature each, as one vector, with PIPELINE_STAGES registers behind it:
// where the encoder ends and the network begins.  Rows come one behind the other, so that bit b
// of row f is bit f * DATA_IN_0_TENSOR_SIZE_DIM_0 + b on both sides.
`default_nettype none
module fixed_dwn_flatten #(
    parameter integer DATA_IN_0_TENSOR_SIZE_DIM_0 = 1,
    parameter integer DATA_IN_0_TENSOR_SIZE_DIM_1 = 1,
    parameter integer DATA_OUT_0_TENSOR_SIZE_DIM_0 =
        DATA_IN_0_TENSOR_SIZE_DIM_0 * DATA_IN_0_TENSOR_SIZE_DIM_1,
    parameter integer PIPELINE_STAGES = 0
) (
    input wire clk,
    input wire rst,
    input wire [DATA_IN_0_TENSOR_SIZE_DIM_0*DATA_IN_0_TENSOR_SIZE_DIM_1-1:0] data_in_0,
    input wire data_in_0_valid,
    output wire data_in_0_ready,
    output wire [DATA_OUT_0_TENSOR_SIZE_DIM_0-1:0] data_out_0,
    output wire data_out_0_valid,
    input wire data_out_0_ready
);
fixed_dwn_pipe #(
    .DATA_WIDTH(DATA_OUT_0_TENSOR_SIZE_DIM_0),
    .PIPELINE_STAGES(PIPELINE_STAGES)
) pipe (
    .clk(clk),
    .rst(rst),
    .data_in_0(data_in_0),
    .data_in_0_valid(data_in_0_valid),
    .data_in_0_ready(data_in_0_ready),
    .data_out_0(data_out_0),
    .data_out_0_valid(data_out_0_valid),
    .data_out_0_ready(data_out_0_ready)
);
endmodule
`default_nettype wire
