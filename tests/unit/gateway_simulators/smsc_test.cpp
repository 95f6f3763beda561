// The pumps: real sockets on loopback, a message centre on one thread and phones on another.
#include "gateway/simulators/smsc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "carriers/smpp/receipt.h"
#include "gateway/simulators/handset.h"
#include "gateway/simulators/message_centre.h"
#include "tests/unit/gateway_simulators/pushes.h"

namespace cpgw::gateway::simulators {
namespace {

using namespace testing;
using smpp::CommandId;
namespace asio = boost::asio;
using asio::ip::tcp;

struct Folder {
  Folder() {
    std::string form = (std::filesystem::temp_directory_path() / "cpgw-XXXXXX").string();
    path = ::mkdtemp(form.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
  std::string file(const std::string& name, const std::string& content = {}) const {
    const auto where = path / name;
    if (!content.empty()) std::ofstream(where, std::ios::binary) << content;
    return where.string();
  }
};

// A message centre on a thread of its own.
struct Running {
  explicit Running(SmscOptions options) : smsc(context, prepare(std::move(options)), clock) {
    port = smsc.start().value();
    thread = std::thread([this] { context.run(); });
  }
  ~Running() { halt(); }
  void halt() {
    if (!thread.joinable()) return;
    asio::post(context, [this] { smsc.stop(); });
    thread.join();
  }
  static SmscOptions prepare(SmscOptions options) {
    options.port = 0;
    options.first_id = 1;
    return options;
  }
  SystemClock clock;
  asio::io_context context;
  Smsc smsc;
  std::uint16_t port = 0;
  std::thread thread;
};

// An ESME that blocks.
struct Client {
  Client(std::uint16_t port, const std::string& system_id) {
    socket.connect({asio::ip::address_v4::loopback(), port});
    socket.set_option(tcp::no_delay(true));
    send({bind(CommandId::bind_transceiver, system_id)});
    EXPECT_EQ(next().command_id, CommandId::bind_transceiver_resp);
  }
  void send(const std::vector<smpp::Pdu>& pdus) {
    Octets out;
    for (const auto& pdu : pdus) EXPECT_TRUE(smpp::encode(pdu, out));
    asio::write(socket, asio::buffer(out));
  }
  // generic_nack with status 0xFFFF at the end of the stream.
  smpp::Pdu next() {
    for (;;) {
      if (auto whole = framer.next().value()) {
        smpp::Pdu pdu;
        EXPECT_TRUE(smpp::decode(*whole, pdu));
        return pdu;
      }
      boost::system::error_code error;
      const auto octets = socket.read_some(asio::buffer(input), error);
      if (error) {
        smpp::Pdu end;
        end.command_id = CommandId::generic_nack;
        end.command_status = 0xFFFF;
        return end;
      }
      framer.feed(OctetView(input).first(octets));
    }
  }
  asio::io_context context;
  tcp::socket socket{context};
  smpp::Framer framer;
  Octets input = Octets(65536);
};

std::string number(int i) { return std::to_string(358401000000 + i); }
std::string imsi(int i) { return std::to_string(100000000000000 + i).replace(0, 5, "00101"); }

TEST(Simulators, CarryPushesToPhonesAndReceiptsBackOverSockets) {
  constexpr int kPhones = 20;
  Folder folder;
  SmscOptions options;
  options.wait_for_phone = true;
  options.record = folder.file("record.jsonl");
  options.deliver_window = 7;
  Running running(options);

  std::string lines;
  for (int i = 0; i < kPhones; ++i) lines += number(i) + "," + imsi(i) + "\n";
  HandsetOptions handset;
  handset.port = running.port;
  handset.phones = folder.file("phones.csv", lines);
  handset.expect = folder.file("expected.xml", kXml);
  handset.exit_after = kPhones;
  int reports[2];
  ASSERT_EQ(::pipe(reports), 0);
  handset.report_fd = reports[1];
  ::testing::internal::CaptureStdout();
  int status = -1;
  std::thread phones([&] { status = simulate_handset(handset); });

  Client client(running.port, "gateway");
  std::vector<smpp::Pdu> all;
  for (int i = 0; i < kPhones; ++i)
    for (auto& pdu : submits(push_of(wbxml_of(kXml), imsi(i)), number(i))) {
      pdu.sequence_number = static_cast<std::uint32_t>(all.size() + 1);
      all.push_back(std::move(pdu));
    }
  client.send(all);
  std::size_t answers = 0, delivered = 0;
  while (answers < all.size() || delivered < all.size()) {
    const auto pdu = client.next();
    ASSERT_NE(pdu.command_id, CommandId::generic_nack);
    if (pdu.command_id == CommandId::submit_sm_resp) {
      EXPECT_EQ(pdu.command_status, 0U);
      ++answers;
    } else {
      const auto receipt = smpp::read_receipt(pdu, {});
      ASSERT_TRUE(receipt);
      EXPECT_EQ(receipt->delivery, carriers::DeliveryState::delivered);
      ++delivered;
      client.send({smpp::answer(pdu)});
    }
  }
  phones.join();
  const std::string printed = ::testing::internal::GetCapturedStdout();
  EXPECT_EQ(status, 0);
  const auto summary = boost::json::parse(printed).as_object();
  EXPECT_EQ(summary.at("verified"), kPhones);
  EXPECT_EQ(summary.at("failed"), 0);
  EXPECT_EQ(summary.at("incomplete"), 0);
  EXPECT_EQ(printed.find("00101"), std::string::npos);
  ::close(reports[1]);
  std::string told(65536, '\0');
  told.resize(
      static_cast<std::size_t>(std::max<ssize_t>(::read(reports[0], told.data(), told.size()), 0)));
  ::close(reports[0]);
  EXPECT_TRUE(told.starts_with("{\"ready\":20}\n")) << told;
  EXPECT_EQ(std::ranges::count(told, '\n'), kPhones + 1);
  EXPECT_EQ(told.find("00101"), std::string::npos);
  running.halt();
  EXPECT_EQ(running.smsc.counters().unique_parts, all.size());
  EXPECT_EQ(running.smsc.counters().duplicate_parts, 0U);
  EXPECT_TRUE(boost::json::parse(running.smsc.report()).is_object());
  std::ifstream record(options.record);
  std::size_t recorded = 0;
  for (std::string line; std::getline(record, line); ++recorded)
    EXPECT_TRUE(boost::json::parse(line).is_object());
  EXPECT_EQ(recorded, all.size());
}

TEST(Simulators, AnswerTheSubmitThatEndsTheConnection) {
  SmscOptions options;
  options.drop_every = 3;
  options.delay_ms = 1;
  Running running(options);
  for (int round = 0; round < 10; ++round) {
    Client client(running.port, "gateway");
    auto pdus = submits(push_of(wbxml_of(kXml), kImsi));
    for (auto& pdu : pdus) pdu.registered_delivery = 0;
    // What comes behind it is not read; it must not cost the answers before it.
    auto more = pdus;
    more.insert(more.end(), pdus.begin(), pdus.end());
    client.send(more);
    std::size_t answers = 0;
    while (client.next().command_id == CommandId::submit_sm_resp) ++answers;
    EXPECT_EQ(answers, 3U);
  }
  running.halt();
  EXPECT_EQ(running.smsc.counters().submits, 30U);
  EXPECT_EQ(running.smsc.counters().drops, 10U);
}

TEST(Simulators, SayWhyTheyCannotStart) {
  Folder folder;
  SystemClock clock;
  asio::io_context context;
  SmscOptions options;
  options.bind = "nowhere";
  EXPECT_FALSE(Smsc(context, options, clock).start());
  options.bind = "127.0.0.1";
  options.port = 0;
  options.record = "/nonexistent/record";
  EXPECT_FALSE(Smsc(context, options, clock).start());
  options.record.clear();
  Smsc first(context, options, clock);
  const auto port = first.start();
  ASSERT_TRUE(port);
  options.port = *port;
  EXPECT_FALSE(Smsc(context, options, clock).start());

  HandsetOptions handset;
  handset.phones = folder.file("nothing.csv");
  EXPECT_EQ(simulate_handset(handset), 3);
  handset.phones = folder.file("empty.csv", "\n");
  EXPECT_EQ(simulate_handset(handset), 3);
  handset.phones = folder.file("phones.csv", "358401234567,001010123456789\n");
  handset.expect = folder.file("bad.xml", "<a");
  EXPECT_EQ(simulate_handset(handset), 3);
  handset.expect.clear();
  first.stop();
  handset.port = *port;
  handset.connect_patience = std::chrono::milliseconds(0);
  EXPECT_EQ(simulate_handset(handset), 4);
}

}  // namespace
}  // namespace cpgw::gateway::simulators
