// Votes of each class: the bits of data_in_0, in as many groups of the same size as there are
// classes, counted.  The count of class c is at [c * SUM_WIDTH +: SUM_WIDTH] of data_out_0, with
// SUM_WIDTH = $clog2(group size) + 1.
//
// USE_PIPELINED_ADDER_TREE: 0, counted in one go; 1, by a tree with a register behind each of its
// $clog2(group size) levels.  PIPELINE_STAGES registers stand behind either.
`default_nettype none
module fixed_dwn_groupsum #(
    parameter integer DATA_IN_0_TENSOR_SIZE_DIM_0 = 4,
    parameter integer DATA_OUT_0_TENSOR_SIZE_DIM_0 = 2,
    parameter integer USE_PIPELINED_ADDER_TREE = 0,
    parameter integer PIPELINE_STAGES = 0
) (
    input wire clk,
    input wire rst,
    input wire [DATA_IN_0_TENSOR_SIZE_DIM_0-1:0] data_in_0,
    input wire data_in_0_valid,
    output wire data_in_0_ready,
    output wire [DATA_OUT_0_TENSOR_SIZE_DIM_0*
        ($clog2(DATA_IN_0_TENSOR_SIZE_DIM_0/DATA_OUT_0_TENSOR_SIZE_DIM_0)+1)-1:0] data_out_0,
    output wire data_out_0_valid,
    input wire data_out_0_ready
);
localparam integer GROUP_SIZE = DATA_IN_0_TENSOR_SIZE_DIM_0 / DATA_OUT_0_TENSOR_SIZE_DIM_0;
localparam integer SUM_WIDTH = $clog2(GROUP_SIZE) + 1;

wire [DATA_OUT_0_TENSOR_SIZE_DIM_0*SUM_WIDTH-1:0] sum;
wire sum_valid;
wire sum_ready;

generate
    if (USE_PIPELINED_ADDER_TREE != 0) begin : g_tree
        fixed_dwn_adder_tree #(
            .NUM_GROUPS(DATA_OUT_0_TENSOR_SIZE_DIM_0),
            .NUM_OPERANDS(GROUP_SIZE),
            .OPERAND_WIDTH(1)
        ) tree (
            .clk(clk),
            .rst(rst),
            .data_in_0(data_in_0),
            .data_in_0_valid(data_in_0_valid),
            .data_in_0_ready(data_in_0_ready),
            .data_out_0(sum),
            .data_out_0_valid(sum_valid),
            .data_out_0_ready(sum_ready)
        );
    end else begin : g_count
        genvar class_i;
        for (class_i = 0; class_i < DATA_OUT_0_TENSOR_SIZE_DIM_0; class_i = class_i + 1) begin : g_class
            wire [GROUP_SIZE-1:0] group = data_in_0[class_i*GROUP_SIZE+:GROUP_SIZE];
            logic [SUM_WIDTH-1:0] count;

            // Not $countones, which verilator 5.006 refuses in some designs.
            always_comb begin
                count = '0;
                for (int i = 0; i < GROUP_SIZE; i = i + 1)
                    count = count + SUM_WIDTH'(group[i]);
            end
            assign sum[class_i*SUM_WIDTH+:SUM_WIDTH] = count;
        end
        assign sum_valid = data_in_0_valid;
        assign data_in_0_ready = sum_ready;
    end
endgenerate

fixed_dwn_pipe #(
    .DATA_WIDTH(DATA_OUT_0_TENSOR_SIZE_DIM_0 * SUM_WIDTH),
    .PIPELINE_STAGES(PIPELINE_STAGES)
) pipe (
    .clk(clk),
    .rst(rst),
    .data_in_0(sum),
    .data_in_0_valid(sum_valid),
    .data_in_0_ready(sum_ready),
    .data_out_0(data_out_0),
    .data_out_0_valid(data_out_0_valid),
    .data_out_0_ready(data_out_0_ready)
);
endmodule
`default_nettype wire
