#include <gtest/gtest.h>

#include <string_view>

#include "crash_test.h"

int main(int argc, char** argv) {
  if (argc == 5 && std::string_view(argv[1]) == "--write") {
    return cpgw::queue::test::write_until_killed(argv[2], argv[3], argv[4]);
  }
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
