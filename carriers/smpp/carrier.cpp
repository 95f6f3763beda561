#include "carriers/smpp/carrier.h"

#include <algorithm>

#include "carriers/event_queue.h"
#include "carriers/smpp/link.h"

namespace cpgw::carriers::smpp {

namespace {

constexpr std::chrono::milliseconds kStagger{200};  // between the first connects of one account
constexpr std::uint64_t kAckLinkMask = 0x0F;

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

// The sender's number as the SMSC writes it: with '+', with "00", or bare.
std::optional<Msisdn> number_of(std::string_view address) {
  if (address.starts_with("00")) address.remove_prefix(2);
  auto number = Msisdn::parse(address);
  if (!number) return std::nullopt;
  return *number;
}

class SmppCarrier final : public Carrier, private LinkOwner {
 public:
  SmppCarrier(SmppSettings settings, const CarrierSetup& setup)
      : settings_(std::make_shared<const SmppSettings>(std::move(settings))),
        events_(std::make_shared<EventQueue>(setup.reactor, setup.events, settings_->name)),
        throttle_(std::make_shared<Throttle>(settings_->rate, setup.clock.steady())) {
    for (std::uint32_t i = 0; i < settings_->links; ++i) {
      std::string link = settings_->name;
      if (i > 0) link += "#" + std::to_string(i + 1);
      links_.push_back(make_link(setup, settings_, throttle_, *this, std::move(link),
                                 static_cast<std::uint8_t>(i)));
    }
  }
  ~SmppCarrier() override {
    events_->close();
    for (const auto& link : links_) link->detach();
  }
  SmppCarrier(const SmppCarrier&) = delete;
  SmppCarrier& operator=(const SmppCarrier&) = delete;

  const std::string& name() const override { return settings_->name; }
  const std::string& account() const override { return settings_->account; }
  std::uint32_t window() const override { return settings_->session.window * settings_->links; }

  void start() override {
    for (std::size_t i = 0; i < links_.size(); ++i) links_[i]->start(kStagger * i);
  }

  std::uint32_t ready_parts() const override {
    if (paused_ || stopping_) return 0;
    std::uint32_t ready = 0;
    for (const auto& link : links_) ready += link->ready();
    return ready;
  }

  bool submit(const Push& push) override {
    if (paused_ || stopping_) return false;
    const auto best =
        std::ranges::max_element(links_, {}, [](const auto& l) { return l->ready(); });
    return (*best)->ready() > 0 && (*best)->take(push);
  }

  void acknowledge(std::uint64_t ack, bool stored) override {
    const std::size_t link = ack & kAckLinkMask;
    if (link < links_.size()) links_[link]->acknowledge(ack, stored);
  }

  void stop(std::chrono::milliseconds patience, std::function<void()> done) override {
    if (stopping_) return;
    stopping_ = true;
    done_ = std::move(done);
    to_stop_ = links_.size();
    for (const auto& link : links_) link->stop(patience);
  }

  void pause(bool paused) override {
    paused_ = paused;
    if (paused) return;
    for (const auto& link : links_) link->resume();
    events_->room();
  }

  std::vector<LinkReport> report() const override {
    std::vector<LinkReport> all;
    for (const auto& link : links_) all.push_back(link->report());
    return all;
  }

  RetryDelays retry_delays() const override { return settings_->retry; }
  bool leaves_machine() const override {
    return !settings_->simulator && !is_loopback(settings_->host);
  }

 private:
  void link_outcome(Outcome outcome) override { events_->outcome(std::move(outcome)); }
  void link_room() override { events_->room(); }
  void link_changed() override {
    // All of them: which one changed is in the states the flow kept.
    for (const auto& link : links_) {
      LinkReport now = link->report();
      auto& known = told_[now.name];
      if (known.first == now.state && known.second == now.detail) continue;
      known = {now.state, now.detail};
      events_->link(std::move(now));
    }
  }
  void link_stopped() override {
    if (--to_stop_ == 0 && done_) events_->then(std::exchange(done_, nullptr));
  }

  void link_delivery(std::uint64_t ack, Pdu pdu) override {
    if (auto parsed = read_receipt(pdu, settings_->receipts)) {
      links_[ack & kAckLinkMask]->count_receipt();
      events_->receipt({.account = settings_->account,
                        .candidates = std::move(parsed->candidates),
                        .recipient = number_of(pdu.source_addr),
                        .user_reference = parsed->user_reference,
                        .state = parsed->delivery,
                        .code = parsed->code,
                        .text_state = std::move(parsed->stat),
                        .ack = ack});
      return;
    }
    const OctetView message = pdu.message();
    events_->inbound({.account = settings_->account,
                      .from = std::move(pdu.source_addr),
                      .to = std::move(pdu.destination_addr),
                      .data_coding = pdu.data_coding,
                      .has_udh = (pdu.esm_class & kUdhi) != 0,
                      .user_data = Octets(message.begin(), message.end()),
                      .ack = ack});
  }

  std::shared_ptr<const SmppSettings> settings_;
  std::shared_ptr<EventQueue> events_;
  std::shared_ptr<Throttle> throttle_;
  std::vector<std::shared_ptr<Link>> links_;
  std::map<std::string, std::pair<LinkState, std::string>> told_;
  bool paused_ = false, stopping_ = false;
  std::size_t to_stop_ = 0;
  std::function<void()> done_;
};

}  // namespace

std::unique_ptr<Carrier> make_smpp_carrier(SmppSettings settings, const CarrierSetup& setup) {
  return std::make_unique<SmppCarrier>(std::move(settings), setup);
}

}  // namespace cpgw::carriers::smpp
