// The tests of common/ajp.
#include "support/check.h"

TCase* attribute_names_tests();
TCase* body_sender_tests();
TCase* codes_tests();
TCase* exchange_failure_tests();
TCase* exchange_tests();
TCase* framer_tests();
TCase* host_name_tests();
TCase* probe_tests();
TCase* request_encoder_tests();
TCase* request_vectors_tests();
TCase* response_decoder_tests();
TCase* retry_tests();
TCase* verdicts_tests();

int main()
{
    return jk::test::run(
        "ajp", {attribute_names_tests, host_name_tests, codes_tests, request_encoder_tests,
                request_vectors_tests, response_decoder_tests, framer_tests, body_sender_tests,
                retry_tests, exchange_tests, exchange_failure_tests, verdicts_tests, probe_tests});
}
