// A reactor, a recording flow and a scripted SMPP server for the tests of carriers.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "carriers/carrier.h"
#include "carriers/registry.h"
#include "carriers/smpp/pdu.h"

namespace cpgw::carriers::testing {

namespace asio = boost::asio;
using asio::ip::tcp;

/// The first value of every draw is the smallest: delays are short and the same every time.
class ZeroRandom final : public Random {
 public:
  void fill(std::span<std::byte> octets) override { std::ranges::fill(octets, std::byte{0}); }
};

struct RecordingFlow final : CarrierEvents {
  void on_outcome(const std::string&, const Outcome& outcome) override {
    EXPECT_FALSE(inside_call) << "called from within a call into the carrier";
    outcomes.push_back(outcome);
  }
  void on_receipt(const std::string&, Receipt receipt) override {
    EXPECT_FALSE(inside_call);
    receipts.push_back(receipt);
    if (carrier != nullptr && acknowledge_receipts) carrier->acknowledge(receipt.ack, true);
  }
  void on_inbound(const std::string&, Inbound message) override {
    EXPECT_FALSE(inside_call);
    inbound.push_back(message);
    if (carrier != nullptr) carrier->acknowledge(message.ack, store_inbound);
  }
  void on_link(const LinkReport& report) override {
    EXPECT_FALSE(inside_call);
    links.push_back(report);
  }
  void on_room(const std::string&) override {
    EXPECT_FALSE(inside_call);
    ++rooms;
  }
  [[nodiscard]] std::size_t count(OutcomeClass wanted) const {
    return static_cast<std::size_t>(
        std::ranges::count(outcomes, wanted, [](const Outcome& o) { return o.outcome; }));
  }

  Carrier* carrier = nullptr;
  bool acknowledge_receipts = true, store_inbound = true, inside_call = false;
  std::vector<Outcome> outcomes;
  std::vector<Receipt> receipts;
  std::vector<Inbound> inbound;
  std::vector<LinkReport> links;
  int rooms = 0;
};

/// One connection of the server; lives as long as a handler of it.
class ServerLink : public std::enable_shared_from_this<ServerLink> {
 public:
  using Handler = std::function<void(ServerLink&, const smpp::Pdu&)>;
  ServerLink(tcp::socket socket, Handler& handler)
      : socket_(std::move(socket)), handler_(handler) {}

  void read() {
    socket_.async_read_some(asio::buffer(in_), [self = shared_from_this()](auto problem, auto n) {
      if (problem) return self->close();
      self->framer_.feed(OctetView(self->in_).first(n));
      for (auto next = self->framer_.next(); next && *next; next = self->framer_.next()) {
        smpp::Pdu pdu;
        EXPECT_TRUE(smpp::decode(**next, pdu));
        self->raw.emplace_back((*next)->begin(), (*next)->end());
        if (self->open) self->handler_(*self, pdu);
      }
      if (self->open) self->read();
    });
  }
  void send(const smpp::Pdu& pdu) {
    auto octets = std::make_shared<Octets>();
    ASSERT_TRUE(smpp::encode(pdu, *octets));
    if (open) asio::write(socket_, asio::buffer(*octets));
  }
  void send_raw(OctetView octets) {
    asio::write(socket_, asio::buffer(octets.data(), octets.size()));
  }
  void close() {
    open = false;
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

  bool open = true;
  std::vector<Octets> raw;

 private:
  tcp::socket socket_;
  Handler& handler_;
  smpp::Framer framer_;
  Octets in_ = Octets(65536);
};

class Server {
 public:
  explicit Server(asio::io_context& io)
      : acceptor_(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {
    handler = [this](ServerLink& link, const smpp::Pdu& pdu) { polite(link, pdu); };
    accept();
  }
  [[nodiscard]] int port() const { return acceptor_.local_endpoint().port(); }

  /// What an SMSC does that takes everything.
  void polite(ServerLink& link, const smpp::Pdu& pdu) {
    received.push_back(pdu);
    if (!smpp::is_answered(pdu.command_id)) return;
    smpp::Pdu response = smpp::answer(pdu);
    if (pdu.command_id == smpp::CommandId::submit_sm) {
      response.message_id = "id" + std::to_string(++ids);
    }
    link.send(response);
    if (pdu.command_id == smpp::CommandId::unbind) link.close();
  }
  [[nodiscard]] std::vector<smpp::Pdu> submits() const {
    std::vector<smpp::Pdu> all;
    for (const auto& pdu : received) {
      if (pdu.command_id == smpp::CommandId::submit_sm) all.push_back(pdu);
    }
    return all;
  }
  [[nodiscard]] std::size_t count(smpp::CommandId id) const {
    return static_cast<std::size_t>(std::ranges::count(received, id, &smpp::Pdu::command_id));
  }

  ServerLink::Handler handler;
  std::vector<smpp::Pdu> received;
  std::vector<std::shared_ptr<ServerLink>> links;
  int ids = 0;
  bool cut_at_accept = false;

 private:
  void accept() {
    acceptor_.async_accept([this](auto problem, tcp::socket socket) {
      if (problem) return;
      socket.set_option(tcp::no_delay(true));
      links.push_back(std::make_shared<ServerLink>(std::move(socket), handler));
      if (cut_at_accept) {
        links.back()->close();
      } else {
        links.back()->read();
      }
      accept();
    });
  }
  tcp::acceptor acceptor_;
};

inline SettingsNode node(std::int64_t value) { return {.value = value, .at = {}}; }
inline SettingsNode node(bool value) { return {.value = value, .at = {}}; }
inline SettingsNode node(const char* value) { return {.value = std::string(value), .at = {}}; }
inline SettingsNode node(std::string value) { return {.value = std::move(value), .at = {}}; }

struct Bench {
  asio::io_context io;
  SystemClock clock;
  ZeroRandom random;
  RecordingFlow flow;
  std::unique_ptr<Carrier> carrier;

  [[nodiscard]] CarrierSetup setup() { return {io, clock, random, flow}; }

  void make(SettingsNode::Table table) {
    auto made = make_carrier({.value = std::move(table), .at = {}}, "carrier[0]", setup());
    ASSERT_TRUE(made) << to_string(made.error());
    carrier = std::move(*made);
    flow.carrier = carrier.get();
  }
  static SettingsNode::Table smpp(const Server& server) {
    SettingsNode::Table table;
    table["name"] = node("smsc-a");
    table["type"] = node("smpp");
    table["host"] = node("127.0.0.1");
    table["port"] = node(std::int64_t{server.port()});
    table["system_id"] = node("cpgw");
    table["password"] = node("secret");
    table["source"] = node("12345");
    return table;
  }

  /// Runs the reactor until `done`; a test that waits 10 s has failed.
  template <class F>
  [[nodiscard]] bool run_until(F done) {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!done() && std::chrono::steady_clock::now() < limit) {
      io.restart();
      io.run_one_for(std::chrono::milliseconds(20));
    }
    return done();
  }
  [[nodiscard]] bool start() {
    carrier->start();
    return run_until([&] { return carrier->ready_parts() > 0; });
  }
  [[nodiscard]] bool submit(std::uint64_t token, std::span<const si_sl::Part> parts,
                            std::uint32_t to_send = ~0u) {
    flow.inside_call = true;
    const bool taken = carrier->submit({.token = token,
                                        .recipient = Msisdn::parse("358401234567").value(),
                                        .parts = parts,
                                        .to_send = to_send,
                                        .user_reference = 4660,
                                        .validity = std::chrono::hours(24)});
    flow.inside_call = false;
    return taken;
  }
  /// Stops and waits; whatever is left must have had its outcome before `done`.
  [[nodiscard]] bool stop(std::chrono::milliseconds patience = std::chrono::seconds(2)) {
    bool stopped = false;
    flow.inside_call = true;
    carrier->stop(patience, [&] { stopped = true; });
    flow.inside_call = false;
    return run_until([&] { return stopped; });
  }
};

/// `count` parts with a concatenation header and data of their own.
inline std::vector<si_sl::Part> parts(std::uint8_t count) {
  std::vector<si_sl::Part> all;
  for (std::uint8_t i = 1; i <= count; ++i) {
    si_sl::Part part;
    const Octets head =
        from_hex("0b05040b8423f0000342" + to_hex(Octets{std::byte{count}, std::byte{i}})).value();
    std::ranges::copy(head, part.user_data.begin());
    std::fill(part.user_data.begin() + 12, part.user_data.end(), std::byte{i});
    part.octets = i == count && count > 1 ? 40 : 140;
    part.udh_octets = 12;
    part.number = i;
    part.total = count;
    all.push_back(part);
  }
  return all;
}

}  // namespace cpgw::carriers::testing
