// The tests of common/base.
#include "support/check.h"

TCase* bytes_tests();
TCase* complaint_tests();
TCase* lines_tests();
TCase* name_table_tests();
TCase* nearest_name_tests();
TCase* text_tests();
TCase* variables_tests();
TCase* wording_tests();

int main()
{
    return jk::test::run("base", {bytes_tests, complaint_tests, lines_tests, name_table_tests,
                                  nearest_name_tests, text_tests, variables_tests, wording_tests});
}
