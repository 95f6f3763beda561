#include "gateway/cli/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "config/starter.h"

namespace cpgw::gateway::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class SettingsFile : public ::testing::Test {
 protected:
  SettingsFile() {
    folder_ = std::filesystem::temp_directory_path() / "cpgw-settings-XXXXXX";
    if (mkdtemp(folder_.data()) == nullptr) std::abort();
    file_ = folder_ + "/cpgw.toml";
  }
  ~SettingsFile() override { std::filesystem::remove_all(folder_); }

  tl::expected<Settings, std::vector<Error>> load(std::string_view text) const {
    std::ofstream(file_) << text;
    return load_settings(file_);
  }
  Settings good(std::string_view text) const {
    auto settings = load(text);
    if (!settings) {
      for (const Error& error : settings.error()) ADD_FAILURE() << to_string(error);
      return {};
    }
    return std::move(*settings);
  }

  std::string folder_, file_;
};

constexpr const char* kCarrier =
    "[[carrier]]\n"
    "name = \"a\"\n"
    "type = \"smpp\"\n"
    "host = \"127.0.0.1\"\n"
    "port = 2775\n"
    "system_id = \"s\"\n"
    "password = \"hush\"\n"
    "window = 10\n";

TEST_F(SettingsFile, TakesTheStarterAsItIs) {
  const Settings settings = good(config::starter_settings());
  EXPECT_EQ(settings.file, file_);
  EXPECT_EQ(settings.data_dir, folder_ + "/var");
  EXPECT_EQ(store_directory(settings), folder_ + "/var/store");
  EXPECT_EQ(settings.keyring, folder_ + "/keyring");
  EXPECT_EQ(settings.store_engine, "rocksdb");
  EXPECT_EQ(settings.doors.intake, "ipc://" + folder_ + "/var/run/intake.sock");
  EXPECT_EQ(settings.doors.events, "ipc://" + folder_ + "/var/run/events.sock");
  ASSERT_EQ(settings.doors.http.size(), 1u);
  EXPECT_EQ(settings.doors.http[0].listen.port, 8480);
  EXPECT_THAT(settings.doors.http[0].serves, ElementsAre("health", "metrics"));
  EXPECT_TRUE(settings.carriers.empty());
  EXPECT_EQ(settings.flow.tenants.size(), 1u);
  EXPECT_EQ(settings.log, LogSettings{});
}

TEST_F(SettingsFile, NeedsNothing) {
  const Settings settings = good("");
  EXPECT_EQ(settings.data_dir, folder_ + "/var");
  EXPECT_EQ(settings.keyring, folder_ + "/keyring");
  EXPECT_EQ(settings.doors.intake, "ipc://" + folder_ + "/var/run/intake.sock");
}

TEST_F(SettingsFile, StartsRelativePathsAtItsFolder) {
  std::ofstream(folder_ + "/pw") << "word\n";
  const Settings settings = good(
      "[gateway]\ndata_dir = \"../data/./x\"\n"
      "[secrets]\nkeyring = \"/etc/keys\"\n"
      "[log]\nfile = \"log/cpgw.log\"\n"
      "[zmq]\nintake = \"ipc://run/i\"\nevents = \"ipc:///abs/e\"\n"
      "[[tenant]]\nname = \"t\"\ntoken_file = \"t.token\"\n"
      "[[carrier]]\nname = \"a\"\ntype = \"smpp\"\nhost = \"127.0.0.1\"\nsystem_id = \"s\"\n"
      "password_file = \"pw\"\n"
      "[[carrier]]\nname = \"b\"\ntype = \"spool\"\ndirectory = \"out\"\n");
  EXPECT_EQ(settings.data_dir, std::filesystem::path(folder_).parent_path().string() + "/data/x");
  EXPECT_EQ(settings.keyring, "/etc/keys");
  EXPECT_EQ(settings.log.file, folder_ + "/log/cpgw.log");
  EXPECT_EQ(settings.doors.intake, "ipc://" + folder_ + "/run/i");
  EXPECT_EQ(settings.doors.events, "ipc:///abs/e");
  ASSERT_EQ(settings.flow.tenants.size(), 1u);
  EXPECT_EQ(settings.flow.tenants[0].token_file, folder_ + "/t.token");
  ASSERT_EQ(settings.carriers.size(), 2u);
  EXPECT_EQ(settings.carriers[1].name, "b");
  EXPECT_EQ(settings.carriers[1].path, "carrier[1]");
  EXPECT_EQ(std::get<std::string>(settings.carriers[1].section.table()->at("directory").value),
            folder_ + "/out");
}

TEST_F(SettingsFile, NamesEveryMistakeAtOnceInTheOrderOfTheFile) {
  const auto settings = load(
      "[gateway]\n"
      "data_dir = \"\"\n"  // 2
      "datadir = \"x\"\n"  // 3
      "[store]\n"
      "engine = \"postgres\"\n"  // 5
      "[secrets]\n"
      "keyring = \"var/keyring\"\n"  // 7
      "[zmq]\n"
      "intake = \"tcp://0.0.0.0:1\"\n"  // 9
      "[[http]]\n"
      "listen = \"0.0.0.0:80\"\n"         // 11
      "serves = [\"health\", \"pap\"]\n"  // 12
      "[log]\n"
      "level = \"loud\"\n"  // 14
      "[numbers]\n"
      "default_country = \"999\"\n"  // 16
      "[nmubers]\n"                  // 17
      "[[carrier]]\n"
      "name = \"a b\"\n"     // 19
      "type = \"pigeon\"\n"  // 20
      "[[route]]\n"
      "prefix = \"358\"\n"      // 22
      "carrier = \"nobody\"\n"  // 23
      "[[tenant]]\n"            // 24: no name
      "[push]\n"
      "reference = 9\n");  // 26
  ASSERT_FALSE(settings);
  std::vector<std::uint32_t> lines;
  for (const Error& error : settings.error()) {
    EXPECT_EQ(error.at.file, file_);
    EXPECT_NE(error.at.field, "") << to_string(error);
    lines.push_back(error.at.line);
  }
  EXPECT_THAT(lines, ElementsAre(2, 3, 5, 7, 9, 11, 12, 14, 16, 17, 19, 20, 22, 23, 24, 26));
}

TEST_F(SettingsFile, KnowsCarriersByOneNameEach) {
  const auto settings = load(std::string(kCarrier) + kCarrier + "[[carrier]]\ntype = \"spool\"\n");
  ASSERT_FALSE(settings);
  std::string all;
  for (const Error& error : settings.error()) all += to_string(error) + "\n";
  EXPECT_THAT(all, HasSubstr(":10:"));
  EXPECT_THAT(all, HasSubstr("another carrier has this name already"));
  EXPECT_THAT(all, HasSubstr("carrier[2].name"));
  EXPECT_THAT(all, Not(HasSubstr("hush")));
}

TEST_F(SettingsFile, SaysWhereTheSyntaxBreaks) {
  const auto settings = load("[gateway]\n\ndata_dir = \"x\n");
  ASSERT_FALSE(settings);
  ASSERT_EQ(settings.error().size(), 1u);
  EXPECT_EQ(settings.error()[0].at.line, 3u);
  EXPECT_THAT(to_string(settings.error()[0]), HasSubstr(file_ + ":3:"));
  EXPECT_FALSE(load_settings(folder_ + "/none.toml"));
}

TEST_F(SettingsFile, RefusesListsWhereTablesBelongAndTheReverse) {
  for (const char* text :
       {"gateway = 1\n", "[[gateway]]\n", "carrier = 1\n", "[carrier]\n", "http = [1]\n",
        "zmq = \"x\"\n", "log = []\n", "store = true\n", "[tenant]\n", "route = {}\n"}) {
    const auto settings = load(text);
    ASSERT_FALSE(settings) << text;
    EXPECT_EQ(settings.error()[0].at.line, 1u) << text;
  }
}

TEST_F(SettingsFile, TellsWhatAReloadChanges) {
  const std::string base = std::string("[gateway]\ndata_dir = \"var\"\n[push]\nreference = 8\n") +
                           kCarrier + "[[route]]\nprefix = \"+358\"\ncarrier = \"a\"\n";
  const Settings before = good(base);
  EXPECT_TRUE(diff_settings(before, good("\n\n" + base)).empty());
  const Settings after = good(
      "[push]\nreference = 16\npart_limit = 4\n"
      "[[carrier]]\nname = \"a\"\ntype = \"smpp\"\nhost = \"127.0.0.1\"\nport = 2775\n"
      "system_id = \"s\"\npassword = \"new\"\nwindow = 20\n"
      "[[carrier]]\nname = \"b\"\ntype = \"spool\"\ndirectory = \"out\"\n"
      "[[route]]\nprefix = \"+\"\ncarrier = \"b\"\n"
      "[safety]\nonly_to = [\"+358401234567\"]\n");
  EXPECT_THAT(
      diff_settings(before, after),
      ElementsAre("carrier a: password changed (line 10)", "carrier a: window 10 -> 20 (line 11)",
                  "carrier b added (line 12)", "gateway: data_dir taken out",
                  "push: part_limit set to 4 (line 3)", "push: reference 8 -> 16 (line 2)",
                  "route + added (line 16)", "route +358 taken out",
                  "safety: only_to set to [\"+358401234567\"] (line 20)"));
  EXPECT_TRUE(same_values(before.carriers[0].section, before.carriers[0].section));
  EXPECT_FALSE(same_values(before.carriers[0].section, after.carriers[0].section));
}

TEST_F(SettingsFile, IsFoundByFlagThenVariable) {
  std::ofstream(file_) << "";
  const std::string other = folder_ + "/other.toml";
  std::ofstream(other) << "";
  const Environment none = [](const std::string&) { return std::nullopt; };
  const Environment set = [&](const std::string& name) -> std::optional<std::string> {
    if (name == "CPGW_CONFIG") return other;
    return std::nullopt;
  };
  EXPECT_EQ(*find_settings_file(file_, set), file_);
  EXPECT_EQ(*find_settings_file(std::nullopt, set), other);
  EXPECT_EQ(*find_settings_file("", set), other);
  const auto missing = find_settings_file(folder_ + "/none.toml", none);
  ASSERT_FALSE(missing);
  EXPECT_THAT(to_string(missing.error()), HasSubstr("none.toml"));
  std::filesystem::remove(other);
  EXPECT_THAT(to_string(find_settings_file(std::nullopt, set).error()), HasSubstr("CPGW_CONFIG"));
}

}  // namespace
}  // namespace cpgw::gateway::cli
