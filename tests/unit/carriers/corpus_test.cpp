// The fuzz targets' corpora, and every past crash among them, in the ordinary run.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#define LLVMFuzzerTestOneInput fuzz_smpp_pdu
#include "tests/fuzz/carriers/smpp_pdu_fuzz.cpp"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_receipt
#include "tests/fuzz/carriers/receipt_fuzz.cpp"
#undef LLVMFuzzerTestOneInput

namespace {

void replay(const std::string& corpus, int (*target)(const unsigned char*, std::size_t)) {
  std::size_t files = 0;
  const std::filesystem::path folder = std::string(CPGW_VECTORS "/../fuzz/carriers/") + corpus;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string octets((std::istreambuf_iterator<char>(in)), {});
    EXPECT_EQ(target(reinterpret_cast<const unsigned char*>(octets.data()), octets.size()), 0);
    ++files;
  }
  EXPECT_GE(files, 20u) << folder;
}

TEST(FuzzCorpus, OfPdusPasses) { replay("corpus_pdu", fuzz_smpp_pdu); }
TEST(FuzzCorpus, OfReceiptsPasses) { replay("corpus_receipt", fuzz_receipt); }

}  // namespace
