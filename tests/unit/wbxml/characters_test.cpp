#include "wbxml/characters.h"

#include <gtest/gtest.h>

namespace cpgw::wbxml::detail {
namespace {

TEST(Characters, ABadOctetIsFoundAtEveryPlaceAndNoOtherIs) {
  for (const std::string_view filling :
       {"abcdefghijklmnopqrstuvwxyz",
        "\xC3\xA4\xC3\xB6\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80 bcdef"}) {
    for (unsigned octet = 0; octet < 256; ++octet) {
      const bool good =
          octet == 0x09 || octet == 0x0A || octet == 0x0D || (octet >= 0x20 && octet < 0x80);
      for (std::size_t before = 0; before <= 20; ++before) {
        std::string text(before, 'x');
        text += static_cast<char>(octet);
        text += filling;
        const auto found = find_bad_character(text);
        if (good) {
          EXPECT_FALSE(found) << octet << " after " << before;
        } else if (octet < 0x80 || filling.front() == 'a') {
          EXPECT_EQ(found, before) << octet;
        }
      }
    }
  }
}

}  // namespace
}  // namespace cpgw::wbxml::detail
