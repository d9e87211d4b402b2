// Thermometers to another code, for encoders that have one (Gray code, one hot, ...).  A feature
// that is above n of its thresholds gets code n.
//
// CODES: bit b of code n is bit b * (NUM_THRESHOLDS + 1) + n.
`default_nettype none
module fixed_dwn_code #(
    parameter integer DATA_IN_0_TENSOR_SIZE_DIM_0 = 1,
    parameter integer NUM_THRESHOLDS = 1,
    parameter integer CODE_WIDTH = 1,
    parameter logic [CODE_WIDTH*(NUM_THRESHOLDS+1)-1:0] CODES = '0
) (
    input wire [DATA_IN_0_TENSOR_SIZE_DIM_0*NUM_THRESHOLDS-1:0] data_in_0,
    output wire [DATA_IN_0_TENSOR_SIZE_DIM_0*CODE_WIDTH-1:0] data_out_0
);
generate
    genvar feature, place;
    for (feature = 0; feature < DATA_IN_0_TENSOR_SIZE_DIM_0; feature = feature + 1) begin : g_feature
        // Bit n: the feature is above n thresholds and no more.
        wire [NUM_THRESHOLDS:0] level;

        assign level = {data_in_0[feature*NUM_THRESHOLDS+:NUM_THRESHOLDS], 1'b1} &
            ~{1'b0, data_in_0[feature*NUM_THRESHOLDS+:NUM_THRESHOLDS]};
        for (place = 0; place < CODE_WIDTH; place = place + 1) begin : g_bit
            assign data_out_0[feature*CODE_WIDTH+place] =
                |(level & CODES[place*(NUM_THRESHOLDS+1)+:NUM_THRESHOLDS+1]);
        end
    end
endgenerate
endmodule
`default_nettype wire
