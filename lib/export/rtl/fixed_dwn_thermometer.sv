// Features to thermometers: bit t of feature f is x > THRESHOLD(f, t), strictly.
//
// x is a fixed-point number of DATA_IN_0_WIDTH bits, two's complement where DATA_IN_0_SIGNED is
// 1, and stands for x / 2^DATA_IN_0_FRAC_WIDTH.  Feature f is at [f * DATA_IN_0_WIDTH +:
// DATA_IN_0_WIDTH] of data_in_0, its bits at [f * NUM_THRESHOLDS +: NUM_THRESHOLDS] of
// data_out_0.
//
// THRESHOLDS: whole numbers floor(T * 2^DATA_IN_0_FRAC_WIDTH), two's complement of a bit more than
// x so that the least value less 1 is one (a bit that is always set); threshold t of feature f
// is at [(f * NUM_THRESHOLDS + t) * (DATA_IN_0_WIDTH + 1) +: DATA_IN_0_WIDTH + 1].
`default_nettype none
module fixed_dwn_thermometer #(
    parameter integer DATA_IN_0_TENSOR_SIZE_DIM_0 = 1,
    parameter integer DATA_IN_0_WIDTH = 8,
    parameter integer DATA_IN_0_FRAC_WIDTH = 0,
    parameter integer DATA_IN_0_SIGNED = 0,
    parameter integer NUM_THRESHOLDS = 1,
    parameter logic [DATA_IN_0_TENSOR_SIZE_DIM_0*NUM_THRESHOLDS*(DATA_IN_0_WIDTH+1)-1:0]
        THRESHOLDS = '0
) (
    input wire [DATA_IN_0_TENSOR_SIZE_DIM_0*DATA_IN_0_WIDTH-1:0] data_in_0,
    output wire [DATA_IN_0_TENSOR_SIZE_DIM_0*NUM_THRESHOLDS-1:0] data_out_0
);
// Thresholds stand for the place of the point: nothing else depends on it.
wire unused = DATA_IN_0_FRAC_WIDTH != 0;

generate
    genvar feature, place;
    for (feature = 0; feature < DATA_IN_0_TENSOR_SIZE_DIM_0; feature = feature + 1) begin : g_feature
        wire sign = DATA_IN_0_SIGNED != 0 && data_in_0[(feature+1)*DATA_IN_0_WIDTH-1];
        wire signed [DATA_IN_0_WIDTH:0] x;

        assign x = {sign, data_in_0[feature*DATA_IN_0_WIDTH+:DATA_IN_0_WIDTH]};
        for (place = 0; place < NUM_THRESHOLDS; place = place + 1) begin : g_bit
            localparam logic signed [DATA_IN_0_WIDTH:0] THRESHOLD =
                THRESHOLDS[(feature*NUM_THRESHOLDS+place)*(DATA_IN_0_WIDTH+1)+:DATA_IN_0_WIDTH+1];
            assign data_out_0[feature*NUM_THRESHOLDS+place] = x > THRESHOLD;
        end
    end
endgenerate
endmodule
`default_nettype wire
