#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "signer/sealing.h"
#include "tests/unit/signer/chosen_random.h"

namespace cpgw::signer {
namespace {

const std::string kKey1(64, 'a');
const std::string kKey2(64, 'B');

class KeyringFile : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(::mkdtemp(folder_.data()), nullptr);
    file_ = std::string(folder_.data()) + "/keyring";
  }
  void TearDown() override { std::filesystem::remove_all(folder_.data()); }

  void write(std::string_view text, mode_t mode = 0600) {
    std::ofstream(file_, std::ios::binary) << text;
    ASSERT_EQ(::chmod(file_.c_str(), mode), 0);
  }
  std::string read() const {
    std::ifstream in(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  Error error(std::string_view text) {
    write(text);
    auto ring = Keyring::load(file_);
    EXPECT_FALSE(ring) << text;
    return ring ? Error(Errc::library, "no error") : ring.error();
  }

  std::array<char, 32> folder_{"/tmp/cpgw-keyring-XXXXXX"};
  std::string file_;
  test::ChosenRandom random_;
};

TEST_F(KeyringFile, IsMadePrivateAndLoads) {
  ASSERT_TRUE(Keyring::create(file_, random_));
  struct stat info {};
  ASSERT_EQ(::stat(file_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600U);
  const auto ring = Keyring::load(file_);
  ASSERT_TRUE(ring) << to_string(ring.error());
  EXPECT_EQ(ring->active(), 1U);
  EXPECT_EQ(ring->ids(), std::vector<std::uint32_t>{1});
  ASSERT_NE(ring->key(1), nullptr);
  EXPECT_EQ(ring->key(1)->size(), 32U);
  EXPECT_EQ(ring->key(2), nullptr);
  EXPECT_EQ(ring->key(0), nullptr);
}

TEST_F(KeyringFile, IsNeverWrittenOver) {
  ASSERT_TRUE(Keyring::create(file_, random_));
  const std::string before = read();
  const auto again = Keyring::create(file_, random_);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code(Errc::bad_keyring));
  EXPECT_EQ(again.error().at.file, file_);
  EXPECT_EQ(read(), before);
}

TEST_F(KeyringFile, IsNotMadeThroughALinkOrInAMissingFolder) {
  ASSERT_EQ(::symlink("elsewhere", file_.c_str()), 0);
  EXPECT_FALSE(Keyring::create(file_, random_));
  EXPECT_FALSE(std::filesystem::exists(std::string(folder_.data()) + "/elsewhere"));
  EXPECT_FALSE(Keyring::create(std::string(folder_.data()) + "/missing/keyring", random_));
}

TEST_F(KeyringFile, IsRefusedWhenOthersMayReadIt) {
  const std::string good = "cpgw-keyring 1\nactive 1\nkey 1 " + kKey1 + "\n";
  for (const mode_t mode : {0640U, 0604U, 0660U, 0601U, 0644U}) {
    write(good, mode);
    const auto ring = Keyring::load(file_);
    ASSERT_FALSE(ring) << std::oct << mode;
    EXPECT_NE(ring.error().message.find("chmod 600"), std::string::npos);
  }
  for (const mode_t mode : {0600U, 0400U}) {
    write(good, mode);
    EXPECT_TRUE(Keyring::load(file_)) << std::oct << mode;
  }
}

TEST_F(KeyringFile, IsRefusedWhenItBelongsToAnother) {
  if (::geteuid() != 0) {  // only root can give a file away; nobody else can even open one
    EXPECT_EQ(Keyring::load("/etc/shadow").error().code, Code(Errc::bad_keyring));
    return;
  }
  write("cpgw-keyring 1\nactive 1\nkey 1 " + kKey1 + "\n");
  ASSERT_EQ(::chown(file_.c_str(), 65534, 65534), 0);
  const auto ring = Keyring::load(file_);
  ASSERT_FALSE(ring);
  EXPECT_NE(ring.error().message.find("another user"), std::string::npos);
}

TEST_F(KeyringFile, IsRefusedWhenItIsNoFile) {
  EXPECT_EQ(Keyring::load(file_).error().code, Code(Errc::bad_keyring));
  EXPECT_EQ(Keyring::load(folder_.data()).error().code, Code(Errc::bad_keyring));
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  EXPECT_EQ(Keyring::load(file_).error().code, Code(Errc::bad_keyring));
}

TEST_F(KeyringFile, KeepsSeveralKeysAndComments) {
  write("cpgw-keyring 1\n# after the move\n\nactive 7\nkey 1 " + kKey1 + "\nkey 7 " + kKey2 + "\n");
  const auto ring = Keyring::load(file_);
  ASSERT_TRUE(ring) << to_string(ring.error());
  EXPECT_EQ(ring->active(), 7U);
  EXPECT_EQ(ring->ids(), (std::vector<std::uint32_t>{1, 7}));
}

TEST_F(KeyringFile, SaysWhichLineIsWrong) {
  const std::string head = "cpgw-keyring 1\n";
  struct Case {
    std::string text;
    std::uint32_t line;
  };
  for (const Case& c : {
           Case{"", 0},
           Case{"cpgw-keyring 2\n", 1},
           Case{"cpgw-keyring 1 \n", 1},
           Case{head, 0},
           Case{head + "active 1\n", 0},
           Case{head + "key 1 " + kKey1 + "\n", 0},
           Case{head + "active 2\nkey 1 " + kKey1 + "\n", 0},
           Case{head + "active 1\nactive 1\nkey 1 " + kKey1 + "\n", 3},
           Case{head + "active 0\n", 2},
           Case{head + "active x\n", 2},
           Case{head + "active\n", 2},
           Case{head + "active 4294967296\n", 2},
           Case{head + "active 1 2\n", 2},
           Case{head + "colour 1\n", 2},
           Case{head + "active 1\nkey 1 " + kKey1.substr(2) + "\n", 3},
           Case{head + "active 1\nkey 1 " + kKey1 + "00\n", 3},
           Case{head + "active 1\nkey 1 " + kKey1.substr(1) + "g\n", 3},
           Case{head + "active 1\nkey 1 " + kKey1 + "\nkey 1 " + kKey2 + "\n", 4},
           Case{head + "active 1\nkey 1 " + kKey1, 3},
       }) {
    const Error e = error(c.text);
    EXPECT_EQ(e.code, Code(Errc::bad_keyring)) << c.text;
    EXPECT_EQ(e.at.line, c.line) << c.text << to_string(e);
    EXPECT_EQ(e.message.find("aaaa"), std::string::npos);
  }
  std::string many = head + "active 1\n";
  for (int i = 1; i <= 257; ++i) many += "key " + std::to_string(i) + " " + kKey1 + "\n";
  EXPECT_NE(error(many).message.find("256"), std::string::npos);
  EXPECT_NE(error(std::string(64 * 1024 + 1, '#')).message.find("64 KiB"), std::string::npos);
}

TEST_F(KeyringFile, EveryTruncationIsAnError) {
  ASSERT_TRUE(Keyring::create(file_, random_));
  const std::string whole = read();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(error(std::string_view(whole).substr(0, size)).code, Code(Errc::bad_keyring)) << size;
  }
}

TEST_F(KeyringFile, RotationKeepsOldKeysAndSealsWithTheNewOne) {
  ASSERT_TRUE(Keyring::create(file_, random_));
  const auto before = Keyring::load(file_);
  ASSERT_TRUE(before);
  const auto sealed = Sealer(*before, random_).seal(as_octets("old"), {"t", "o", "f"});
  ASSERT_TRUE(sealed);

  const auto fresh = Keyring::rotate(file_, random_);
  ASSERT_TRUE(fresh) << to_string(fresh.error());
  EXPECT_EQ(*fresh, 2U);
  struct stat info {};
  ASSERT_EQ(::stat(file_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600U);
  const auto after = Keyring::load(file_);
  ASSERT_TRUE(after) << to_string(after.error());
  EXPECT_EQ(after->active(), 2U);
  EXPECT_NE(*after->key(1), *after->key(2));
  Sealer sealer(*after, random_);
  EXPECT_EQ(as_text(sealer.open(*sealed, {"t", "o", "f"}).value().expose()), "old");
  EXPECT_EQ(to_hex(OctetView(*sealer.seal({}, {"t", "o", "f"})).first(4)), "00000002");
  Sealer outdated(*before, random_);
  const auto unknown = outdated.open(*sealer.seal({}, {"t", "o", "f"}), {"t", "o", "f"});
  EXPECT_EQ(unknown.error().code, Code(Errc::unknown_key));
}

TEST_F(KeyringFile, AnInterruptedRotationLeavesTheKeyringAsItWas) {
  ASSERT_TRUE(Keyring::create(file_, random_));
  const std::string before = read();
  std::ofstream(file_ + ".next") << "half";
  const auto rotated = Keyring::rotate(file_, random_);
  ASSERT_FALSE(rotated);
  EXPECT_EQ(rotated.error().at.file, file_ + ".next");
  EXPECT_EQ(read(), before);
}

}  // namespace
}  // namespace cpgw::signer
