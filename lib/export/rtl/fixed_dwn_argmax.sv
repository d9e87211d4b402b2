// The class with the greatest number, of several the lowest: a tournament in which the one of
// higher classes wins only if it is strictly greater.
`default_nettype none
module fixed_dwn_argmax #(
    parameter integer DATA_IN_0_TENSOR_SIZE_DIM_0 = 2,
    parameter integer DATA_IN_0_WIDTH = 1,
    parameter integer INDEX_WIDTH = 1
) (
    input wire [DATA_IN_0_TENSOR_SIZE_DIM_0*DATA_IN_0_WIDTH-1:0] data_in_0,
    output wire [DATA_IN_0_WIDTH-1:0] data_out_0,
    output wire [INDEX_WIDTH-1:0] data_out_1
);
localparam integer LEFT = (DATA_IN_0_TENSOR_SIZE_DIM_0 + 1) / 2;
localparam integer RIGHT = DATA_IN_0_TENSOR_SIZE_DIM_0 - LEFT;

generate
    if (RIGHT == 0) begin : g_one
        assign data_out_0 = data_in_0;
        assign data_out_1 = '0;
    end else begin : g_match
        wire [DATA_IN_0_WIDTH-1:0] left_most, right_most;
        wire [INDEX_WIDTH-1:0] left_index, right_index;
        wire right_wins = right_most > left_most;

        fixed_dwn_argmax #(
            .DATA_IN_0_TENSOR_SIZE_DIM_0(LEFT),
            .DATA_IN_0_WIDTH(DATA_IN_0_WIDTH),
            .INDEX_WIDTH(INDEX_WIDTH)
        ) left (
            .data_in_0(data_in_0[LEFT*DATA_IN_0_WIDTH-1:0]),
            .data_out_0(left_most),
            .data_out_1(left_index)
        );
        fixed_dwn_argmax #(
            .DATA_IN_0_TENSOR_SIZE_DIM_0(RIGHT),
            .DATA_IN_0_WIDTH(DATA_IN_0_WIDTH),
            .INDEX_WIDTH(INDEX_WIDTH)
        ) right (
            .data_in_0(data_in_0[LEFT*DATA_IN_0_WIDTH+:RIGHT*DATA_IN_0_WIDTH]),
            .data_out_0(right_most),
            .data_out_1(right_index)
        );
        assign data_out_0 = right_wins ? right_most : left_most;
        assign data_out_1 = right_wins ? right_index + INDEX_WIDTH'(LEFT) : left_index;
    end
endgenerate
endmodule
`default_nettype wire
