// Every input that is in a fuzz target's corpus, and so every one that ever broke us, run through
// the target's own function, which aborts when it finds a fault.
#include <gtest/gtest.h>

#include "replay.h"

extern "C" int fuzz_xml_reader(const std::uint8_t* data, std::size_t size);
extern "C" int fuzz_ota_settings(const std::uint8_t* data, std::size_t size);
extern "C" int fuzz_wbxml_decode(const std::uint8_t* data, std::size_t size);

namespace cpgw::wbxml {
namespace {

using test::replay;

TEST(WbxmlCorpora, AreReadWithoutAFault) {
  EXPECT_GE(replay("corpus_xml", fuzz_xml_reader), 30u);
  EXPECT_GE(replay("corpus_ota", fuzz_ota_settings), 40u);
  EXPECT_GE(replay("corpus_wbxml", fuzz_wbxml_decode), 50u);
}

}  // namespace
}  // namespace cpgw::wbxml
