// The sum of the NUM_OPERANDS numbers of each group, in pairs, a register behind each level.
// Number i of group g is number g * NUM_OPERANDS + i of data_in_0.
`default_nettype none
module fixed_dwn_adder_tree #(
    parameter integer NUM_GROUPS = 1,
    parameter integer NUM_OPERANDS = 2,
    parameter integer OPERAND_WIDTH = 1
) (
    input wire clk,
    input wire rst,
    input wire [NUM_GROUPS*NUM_OPERANDS*OPERAND_WIDTH-1:0] data_in_0,
    input wire data_in_0_valid,
    output wire data_in_0_ready,
    output wire [NUM_GROUPS*(OPERAND_WIDTH+$clog2(NUM_OPERANDS))-1:0] data_out_0,
    output wire data_out_0_valid,
    input wire data_out_0_ready
);
localparam integer PAIRS = (NUM_OPERANDS + 1) / 2;
localparam integer WIDTH = OPERAND_WIDTH + 1;

generate
    if (NUM_OPERANDS == 1) begin : g_sum
        wire unused = &{1'b0, clk, rst};
        assign data_out_0 = data_in_0;
        assign data_out_0_valid = data_in_0_valid;
        assign data_in_0_ready = data_out_0_ready;
    end else begin : g_level
        wire [NUM_GROUPS*PAIRS*WIDTH-1:0] sum;
        wire [NUM_GROUPS*PAIRS*WIDTH-1:0] data;
        wire valid;
        wire ready;

        genvar group, pair;
        for (group = 0; group < NUM_GROUPS; group = group + 1) begin : g_group
            for (pair = 0; pair < PAIRS; pair = pair + 1) begin : g_pair
                localparam integer FIRST = (group * NUM_OPERANDS + 2 * pair) * OPERAND_WIDTH;
                wire [WIDTH-1:0] a = {1'b0, data_in_0[FIRST+:OPERAND_WIDTH]};

                if (2 * pair + 1 < NUM_OPERANDS) begin : g_two
                    wire [WIDTH-1:0] b =
                        {1'b0, data_in_0[FIRST+OPERAND_WIDTH+:OPERAND_WIDTH]};
                    assign sum[(group*PAIRS+pair)*WIDTH+:WIDTH] = a + b;
                end else begin : g_one
                    assign sum[(group*PAIRS+pair)*WIDTH+:WIDTH] = a;
                end
            end
        end
        fixed_dwn_pipe #(
            .DATA_WIDTH(NUM_GROUPS * PAIRS * WIDTH),
            .PIPELINE_STAGES(1)
        ) pipe (
            .clk(clk),
            .rst(rst),
            .data_in_0(sum),
            .data_in_0_valid(data_in_0_valid),
            .data_in_0_ready(data_in_0_ready),
            .data_out_0(data),
            .data_out_0_valid(valid),
            .data_out_0_ready(ready)
        );
        fixed_dwn_adder_tree #(
            .NUM_GROUPS(NUM_GROUPS),
            .NUM_OPERANDS(PAIRS),
            .OPERAND_WIDTH(WIDTH)
        ) rest (
            .clk(clk),
            .rst(rst),
            .data_in_0(data),
            .data_in_0_valid(valid),
            .data_in_0_ready(ready),
            .data_out_0(data_out_0),
            .data_out_0_valid(data_out_0_valid),
            .data_out_0_ready(data_out_0_ready)
        );
    end
endgenerate
endmodule
`default_nettype wire
