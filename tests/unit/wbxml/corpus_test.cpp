// Every input that is in a fuzz target's corpus, and so every one that ever broke us, run through
// the target's own function, which aborts when it finds a fault.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

extern "C" int fuzz_xml_reader(const std::uint8_t* data, std::size_t size);
extern "C" int fuzz_wbxml_decode(const std::uint8_t* data, std::size_t size);

namespace cpgw::wbxml {
namespace {

std::size_t replay(const char* corpus, int (*target)(const std::uint8_t*, std::size_t)) {
  std::size_t inputs = 0;
  const std::filesystem::path folder = std::filesystem::path(CPGW_FUZZ_CORPORA) / corpus;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    SCOPED_TRACE(entry.path().string());
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    EXPECT_EQ(target(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()), 0);
    ++inputs;
  }
  return inputs;
}

TEST(WbxmlCorpora, AreReadWithoutAFault) {
  EXPECT_GE(replay("corpus_xml", fuzz_xml_reader), 20u);
  EXPECT_GE(replay("corpus_wbxml", fuzz_wbxml_decode), 30u);
}

}  // namespace
}  // namespace cpgw::wbxml
