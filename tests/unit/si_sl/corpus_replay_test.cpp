// Every kept fuzz input, through the fuzz targets themselves.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

extern "C" int wsp_push_one_input(const std::uint8_t* data, std::size_t size);
extern "C" int udh_one_input(const std::uint8_t* data, std::size_t size);
extern "C" int contents_one_input(const std::uint8_t* data, std::size_t size);
extern "C" int tpdu_one_input(const std::uint8_t* data, std::size_t size);
extern "C" int text_one_input(const std::uint8_t* data, std::size_t size);

namespace cpgw::si_sl {
namespace {

using Target = int (*)(const std::uint8_t*, std::size_t);

std::size_t replay(const std::string& folder, Target target) {
  std::size_t inputs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(CPGW_CORPORA "/" + folder)) {
    SCOPED_TRACE(entry.path().string());
    std::ifstream in(entry.path(), std::ios::binary);
    const std::vector<char> octets{std::istreambuf_iterator<char>(in), {}};
    const auto* data = reinterpret_cast<const std::uint8_t*>(octets.data());
    for (std::size_t size = 0; size <= octets.size(); ++size) {
      // An exact copy each time, so that a sanitizer sees a step over its end.
      const std::vector<std::uint8_t> exact(data, data + size);
      EXPECT_EQ(target(exact.data(), exact.size()), 0);
    }
    for (std::size_t at = 0; at < octets.size(); ++at) {
      for (const unsigned flip : {0x01U, 0x80U, 0xFFU}) {
        std::vector<std::uint8_t> changed(data, data + octets.size());
        changed[at] ^= static_cast<std::uint8_t>(flip);
        EXPECT_EQ(target(changed.data(), changed.size()), 0);
      }
    }
    ++inputs;
  }
  return inputs;
}

TEST(FuzzCorpus, PushesTheirPrefixesAndChangedOctetsHold) {
  EXPECT_GE(replay("corpus_wsp", wsp_push_one_input), 10U);
}

TEST(FuzzCorpus, UserDataTheirPrefixesAndChangedOctetsHold) {
  EXPECT_GE(replay("corpus_udh", udh_one_input), 10U);
}

TEST(FuzzCorpus, ContentsTheirPrefixesAndChangedOctetsHold) {
  EXPECT_GE(replay("corpus_contents", contents_one_input), 25U);
}

TEST(FuzzCorpus, TpdusTheirPrefixesAndChangedOctetsHold) {
  EXPECT_GE(replay("corpus_tpdu", tpdu_one_input), 10U);
}

TEST(FuzzCorpus, TextsTheirPrefixesAndChangedOctetsHold) {
  EXPECT_GE(replay("corpus_text", text_one_input), 9U);
}

}  // namespace
}  // namespace cpgw::si_sl
