// PIPELINE_STAGES registers with valid and ready; none are wires.  A stage takes new data when
// it is empty or when the next one takes what it holds.  Valid bits alone are reset.
`default_nettype none
module fixed_dwn_pipe #(
    parameter integer DATA_WIDTH = 1,
    parameter integer PIPELINE_STAGES = 0
) (
    input wire clk,
    input wire rst,
    input wire [DATA_WIDTH-1:0] data_in_0,
    input wire data_in_0_valid,
    output wire data_in_0_ready,
    output wire [DATA_WIDTH-1:0] data_out_0,
    output wire data_out_0_valid,
    input wire data_out_0_ready
);
generate
    if (PIPELINE_STAGES == 0) begin : g_wire
        wire unused = &{1'b0, clk, rst};
        assign data_out_0 = data_in_0;
        assign data_out_0_valid = data_in_0_valid;
        assign data_in_0_ready = data_out_0_ready;
    end else begin : g_stage
        logic [DATA_WIDTH-1:0] data;
        logic valid;
        wire ready;

        assign data_in_0_ready = !valid || ready;
        always_ff @(posedge clk)
            if (rst) valid <= 1'b0;
            else if (data_in_0_ready) valid <= data_in_0_valid;
        always_ff @(posedge clk)
            if (data_in_0_ready && data_in_0_valid) data <= data_in_0;
        fixed_dwn_pipe #(
            .DATA_WIDTH(DATA_WIDTH),
            .PIPELINE_STAGES(PIPELINE_STAGES - 1)
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
