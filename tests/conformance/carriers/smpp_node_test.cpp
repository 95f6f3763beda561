// Our SMPP carrier against node-smpp as SMSC, and its submit_sm against tshark's dissector.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/unit/carriers/harness.h"

namespace cpgw::carriers::testing {
namespace {

const std::string kFolder = CPGW_TESTS;

class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "cpgw-node-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) path = pattern;
  }
  ~Folder() {
    std::error_code ignored;
    if (!path.empty()) std::filesystem::remove_all(path, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string path;
};

// The SMSC as a process of our own; ends with the object.
class NodeSmsc {
 public:
  explicit NodeSmsc(const std::string& record) {
    int ends[2];
    if (::pipe(ends) != 0) return;
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::close(ends[0]);
      ::close(ends[1]);
      const std::string script = kFolder + "/conformance/carriers/node_smsc.js";
      ::execlp("node", "node", script.c_str(), "--port", "0", "--system-id", "cpgw", "--password",
               "secret", "--record", record.c_str(), static_cast<char*>(nullptr));
      ::_exit(127);
    }
    ::close(ends[1]);
    if (FILE* out = ::fdopen(ends[0], "r")) {
      if (std::fscanf(out, "port %d", &port) != 1) port = 0;
      std::fclose(out);
    }
  }
  ~NodeSmsc() {
    if (pid_ > 0) {
      ::kill(pid_, SIGTERM);
      ::waitpid(pid_, nullptr, 0);
    }
  }
  NodeSmsc(const NodeSmsc&) = delete;
  NodeSmsc& operator=(const NodeSmsc&) = delete;
  int port = 0;

 private:
  pid_t pid_ = -1;
};

SettingsNode::Table settings(int port, const char* password) {
  SettingsNode::Table table;
  table["name"] = node("smsc-a");
  table["type"] = node("smpp");
  table["host"] = node("127.0.0.1");
  table["port"] = node(std::int64_t{port});
  table["system_id"] = node("cpgw");
  table["password"] = node(password);
  table["source"] = node("12345");
  return table;
}

constexpr const char* kNeedsNode =
    "node or the packages of tests/package-lock.json are missing: install nodejs, then run "
    "\"npm ci --ignore-scripts --prefix tests\"";

TEST(SmppAgainstNode, APushArrivesOctetForOctetAndItsReceiptsMatch) {
  Folder folder;
  const std::string record = folder.path + "/submits";
  NodeSmsc smsc(record);
  ASSERT_NE(smsc.port, 0) << kNeedsNode;
  Bench bench;
  bench.make(settings(smsc.port, "secret"));
  ASSERT_TRUE(bench.start());
  const auto push = parts(3);
  ASSERT_TRUE(bench.submit(1, push));
  ASSERT_TRUE(bench.run_until(
      [&] { return bench.flow.outcomes.size() == 3 && bench.flow.receipts.size() == 3; }));
  ASSERT_TRUE(bench.stop());

  EXPECT_EQ(bench.flow.count(OutcomeClass::accepted), 3u);
  for (const Outcome& outcome : bench.flow.outcomes) {
    const auto matching = std::ranges::count_if(bench.flow.receipts, [&](const Receipt& r) {
      return std::ranges::find(r.candidates, outcome.id) != r.candidates.end() &&
             r.recipient->digits() == "358401234567" && r.state == DeliveryState::delivered;
    });
    EXPECT_EQ(matching, 1) << "response id " << outcome.id;
  }
  std::ifstream in(record);
  std::string line;
  for (const si_sl::Part& part : push) {
    ASSERT_TRUE(std::getline(in, line));
    const auto has = [&](const std::string& text) {
      EXPECT_NE(line.find(text), std::string::npos) << text << " is not in " << line;
    };
    has("\"udh\":\"" + to_hex(part.udh()) + "\"");
    has("\"message\":\"" + to_hex(part.data()) + "\"");
    has("\"destination\":\"358401234567\"");
    has("\"destination_ton\":1");
    has("\"esm_class\":64");
    has("\"data_coding\":4");
    has("\"user_message_reference\":" + std::to_string(4660 + part.number - 1));
  }
  EXPECT_FALSE(std::getline(in, line)) << "nothing is sent twice";
}

TEST(SmppAgainstNode, AWrongPasswordIsAnErrorOfTheSettings) {
  Folder folder;
  NodeSmsc smsc(folder.path + "/submits");
  ASSERT_NE(smsc.port, 0) << kNeedsNode;
  Bench bench;
  bench.make(settings(smsc.port, "wrong"));
  bench.carrier->start();
  ASSERT_TRUE(
      bench.run_until([&] { return bench.carrier->report()[0].state == LinkState::suspended; }));
  const std::string detail = bench.carrier->report()[0].detail;
  EXPECT_NE(detail.find("ESME_RINVPASWD"), std::string::npos) << detail;
  EXPECT_EQ(detail.find("wrong"), std::string::npos) << "the password is never shown";
  ASSERT_TRUE(bench.stop());
}

// A real push in two parts, as another implementation cut it (tests/vectors/smpp).
std::vector<si_sl::Part> real_push() {
  std::vector<si_sl::Part> all;
  std::ifstream in(kFolder + "/vectors/smpp/pdus.txt");
  for (std::string name, hex, rest; in >> name; std::getline(in, rest)) {
    if (!name.starts_with("submit_sm_udh_port2948_concat")) continue;
    in >> hex;
    smpp::Pdu pdu;
    EXPECT_TRUE(smpp::decode(from_hex(hex).value(), pdu));
    si_sl::Part part;
    std::ranges::copy(pdu.short_message, part.user_data.begin());
    part.octets = static_cast<std::uint8_t>(pdu.short_message.size());
    part.udh_octets = 12;
    part.number = static_cast<std::uint8_t>(all.size() + 1);
    part.total = 2;
    all.push_back(part);
  }
  return all;
}

// tshark reassembles the parts and reads on into WSP and WBXML, so that it judges the push too.
TEST(SmppAgainstTshark, FindsNothingMalformedInWhatWeSubmit) {
  ASSERT_EQ(std::system("command -v tshark text2pcap >/dev/null"), 0)
      << "tshark is missing: install it, it judges our PDUs";
  Folder folder;
  Bench bench;
  Server server(bench.io);
  bench.make(Bench::smpp(server));
  ASSERT_TRUE(bench.start());
  const auto push = real_push();
  ASSERT_EQ(push.size(), 2u);
  ASSERT_TRUE(bench.submit(1, push));
  ASSERT_TRUE(bench.run_until([&] { return bench.flow.outcomes.size() == 2; }));
  ASSERT_TRUE(bench.stop());
  {
    std::ofstream dump(folder.path + "/hex");
    for (const Octets& pdu : server.links[0]->raw) {
      const std::string hex = to_hex(pdu);
      for (std::size_t i = 0; i < hex.size(); i += 2) {
        if (i % 32 == 0) {
          char offset[32];
          std::snprintf(offset, sizeof offset, "%06zx", i / 2);
          dump << (i == 0 ? "" : "\n") << offset;
        }
        dump << ' ' << hex.substr(i, 2);
      }
      dump << "\n";
    }
  }
  const std::string in = folder.path;
  ASSERT_EQ(std::system(("text2pcap -q -T 5000,2775 " + in + "/hex " + in + "/pcap 2>" + in +
                         "/err && tshark -r " + in + "/pcap -d tcp.port==2775,smpp -T fields -e " +
                         "smpp.command_id -e smpp.sm_length -e smpp.esm.submit.features -e " +
                         "_ws.malformed -e _ws.expert.severity -e wsp.pdu_type -E separator=, >" +
                         in + "/fields 2>>" + in + "/err")
                            .c_str()),
            0);
  std::ifstream fields(in + "/fields");
  std::vector<std::string> lines;
  for (std::string line; std::getline(fields, line);) lines.push_back(line);
  ASSERT_EQ(lines.size(), 4u);  // bind, two submits, unbind
  EXPECT_EQ(lines[0], "0x00000009,,,,,");
  EXPECT_EQ(lines[1], "0x00000004,140,0x01,,,");
  EXPECT_EQ(lines[2], "0x00000004,109,0x01,,,0x06") << "reassembled: a WSP push";
  EXPECT_EQ(lines[3], "0x00000006,,,,,");
}

}  // namespace
}  // namespace cpgw::carriers::testing
