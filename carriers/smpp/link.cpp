#include "carriers/smpp/link.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <unordered_map>

#include "carriers/smpp/connection.h"
#include "carriers/smpp/reconnect.h"

namespace cpgw::carriers::smpp {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t kBacklogOctets = 65'536;        // unsent: no more submits
constexpr std::size_t kStuckBacklogOctets = 1 << 20;  // unsent: the peer has stopped reading
constexpr unsigned kConfigurationInRow = 5;
constexpr std::chrono::minutes kSuspension{15};  // then one push is tried again
constexpr std::chrono::seconds kProvedAfter{10};

class TcpLink final : public Link,
                      private ConnectionOwner,
                      public std::enable_shared_from_this<TcpLink> {
 public:
  TcpLink(const CarrierSetup& setup, std::shared_ptr<const SmppSettings> settings,
          std::shared_ptr<Throttle> throttle, LinkOwner& owner, std::string name,
          std::uint8_t ack_low)
      : reactor_(setup.reactor),
        clock_(setup.clock),
        random_(setup.random),
        settings_(std::move(settings)),
        throttle_(std::move(throttle)),
        owner_(&owner),
        ack_low_(ack_low),
        timer_(reactor_),
        outbox_(settings_->part_order) {
    report_.name = std::move(name);
    report_.detail = "not started";
  }

  void start(std::chrono::milliseconds delay) override {
    if (phase_ != Phase::idle) return;
    wait_to_connect(delay);
  }

  std::uint32_t ready() const override {
    if (phase_ != Phase::session || !session_ || session_->state() != Session::State::bound ||
        session_->failing() || settings_->session.mode == BindMode::receiver || stopping_ ||
        suspended_until_ || pause_.holds(clock_.steady())) {
      return 0;
    }
    const std::size_t open = outbox_.open();
    if (probing_) return open == 0 ? 1 : 0;
    const std::uint32_t window = settings_->session.window;
    return open >= window ? 0 : window - static_cast<std::uint32_t>(open);
  }

  bool take(const Push& push) override {
    if (ready() == 0 || !outbox_.take(push)) return false;
    later();
    return true;
  }

  void acknowledge(std::uint64_t ack, bool stored) override {
    const auto it = acks_.find(ack);
    if (it == acks_.end()) return;  // the session it came by is gone: the SMSC sends it again
    const std::uint64_t delivery = it->second;
    acks_.erase(it);
    if (!session_) return;
    session_->acknowledge(delivery, stored ? status::ESME_ROK : status::ESME_RX_T_APPN,
                          clock_.steady());
    later();
  }

  void stop(std::chrono::milliseconds patience) override {
    if (stopping_) return;
    stopping_ = true;
    stop_deadline_ = clock_.steady() + patience;
    later();
  }

  void resume() override {
    configuration_in_row_ = 0;
    if (suspended_until_) {
      suspended_until_.reset();
      set_state(LinkState::bound, "bound");
      owner_->link_room();
    }
    if (phase_ == Phase::waiting) wait_to_connect(std::chrono::milliseconds(0));
  }

  void count_receipt() override { ++report_.receipts; }

  LinkReport report() const override {
    LinkReport report = report_;
    report.in_window = static_cast<std::uint32_t>(outbox_.open());
    report.rate = throttle_->rate();
    return report;
  }

  void detach() override {
    owner_ = nullptr;
    phase_ = Phase::stopped;
    drop_connection();
    timer_.cancel();
  }

 private:
  enum class Phase : std::uint8_t { idle, waiting, connecting, session, stopped };

  // One pass after the current handler, however many calls ask for it.
  void later() {
    if (posted_) return;
    posted_ = true;
    asio::post(reactor_, [self = shared_from_this()] {
      self->posted_ = false;
      self->pump();
    });
  }

  void set_state(LinkState state, std::string detail) {
    report_.state = state;
    report_.detail = std::move(detail);
    if (owner_ != nullptr) owner_->link_changed();
  }

  void wait_to_connect(std::chrono::milliseconds delay) {
    phase_ = Phase::waiting;
    phase_deadline_ = clock_.steady() + delay;
    later();
  }

  void connect() {
    phase_ = Phase::connecting;
    phase_deadline_ = clock_.steady() + settings_->connect_timeout;
    set_state(LinkState::connecting, "connecting to " + peer());
    connection_ =
        make_connection(reactor_, std::shared_ptr<ConnectionOwner>(shared_from_this(), this));
    connection_->connect(settings_->host, settings_->port);
  }

  [[nodiscard]] std::string peer() const {
    return settings_->host + ":" + std::to_string(settings_->port);
  }

  void on_connect_failed(const std::string& why) override {
    drop_connection();
    retry(Failure::unreachable, why + " (" + peer() + ")");
    pump();
  }

  void on_connected() override {
    phase_ = Phase::session;
    bound_ = false;
    answers_since_bind_ = 0;
    session_.emplace(settings_->session, clock_.steady());
    report_.detail = "binding";
    pump();
  }

  void on_octets(OctetView octets) override {
    session_->received(octets, clock_.steady());
    pump();
  }

  void on_connection_lost(const std::string& why) override {
    session_->lost("connection lost: " + why);
    pump();
  }

  void on_written() override { pump(); }

  void drop_connection() {
    // Last words: unbind, its answer, a nack.
    if (connection_) connection_->close(session_ ? OctetView(session_->output()) : OctetView{});
    connection_.reset();
    session_.reset();
    acks_.clear();
  }

  void retry(Failure failure, const std::string& why) {
    if (stopping_ || owner_ == nullptr) {
      finish_stop();
      return;
    }
    const auto delay = reconnect_.after(failure, random_);
    ++report_.reconnects;
    phase_ = Phase::waiting;
    phase_deadline_ = clock_.steady() + delay;
    const bool slow = failure == Failure::configuration || failure == Failure::already_bound;
    set_state(slow ? LinkState::suspended : LinkState::connecting,
              why + "; next try in " + std::to_string((delay.count() + 999) / 1000) + " s");
  }

  void finish_stop() {
    pass_outcomes();
    phase_ = Phase::stopped;
    set_state(LinkState::stopped, "stopped");
    if (owner_ != nullptr) owner_->link_stopped();
  }

  void end_session() {
    const SteadyTime now = clock_.steady();
    const Session::End end = session_->end();
    const std::string why = session_->why();
    const std::uint32_t refused = session_->bind_status();
    if (bound_ && now - bound_at_ >= kProvedAfter) reconnect_.proved();
    drop_connection();
    outbox_.give_back();
    suspended_until_.reset();
    Failure failure = bound_ ? Failure::lost : Failure::unreachable;
    if (end == Session::End::bind_refused) {
      if (refused == status::ESME_RALYBND) {
        failure = Failure::already_bound;
      } else if (refused == 0 ||
                 settings_->session.statuses.of(refused) == OutcomeClass::configuration) {
        failure = Failure::configuration;
      }
    }
    bound_ = false;
    retry(failure, why);
  }

  void settle_answers(SteadyTime now) {
    std::vector<Answer> answers = session_->take_answers();
    for (Answer& answer : answers) {
      const OutcomeClass outcome = answer.outcome;
      if (answer.congestion_state) throttle_->congestion(*answer.congestion_state, now);
      if (outcome != OutcomeClass::unknown && !answer.late) {
        ++answers_since_bind_;
        throttle_->answered(outcome == OutcomeClass::throttled, now);
      }
      switch (outcome) {
        case OutcomeClass::accepted:
          ++report_.accepted;
          configuration_in_row_ = 0;
          probing_ = false;
          pause_.accepted();
          break;
        case OutcomeClass::throttled: ++report_.throttled; break;
        case OutcomeClass::unknown: ++report_.unanswered; break;
        case OutcomeClass::configuration:
          ++report_.refused;
          ++configuration_in_row_;
          break;
        case OutcomeClass::temporary:
        case OutcomeClass::permanent:
        case OutcomeClass::session: ++report_.refused; break;
      }
      const std::uint32_t code = answer.code;
      if (outbox_.answered(std::move(answer), now)) pause_.refused(now);
      if (configuration_in_row_ >= kConfigurationInRow && !suspended_until_) {
        suspended_until_ = now + kSuspension;
        outbox_.give_back();
        set_state(LinkState::suspended,
                  std::to_string(kConfigurationInRow) +
                      " submits in a row were refused for our settings: " + status_text(code));
      }
    }
    if (answers_since_bind_ >= settings_->session.window) reconnect_.proved();
  }

  void hand_over_deliveries() {
    for (Delivery& delivery : session_->take_deliveries()) {
      const std::uint64_t ack = ++next_ack_ << 4 | ack_low_;
      acks_.emplace(ack, delivery.id);
      if (owner_ != nullptr) owner_->link_delivery(ack, std::move(delivery.pdu));
    }
  }

  void fill_window(SteadyTime now) {
    const WallTime wall = clock_.wall();
    while (!outbox_.empty() && session_->can_submit() && !stopping_ && !suspended_until_ &&
           !pause_.holds(now) && session_->output().size() < kBacklogOctets) {
      if (!throttle_->take(now)) return;
      const Outbox::Next next = outbox_.front();
      make_submit_sm(settings_->submit, next.push.recipient, next.push.parts, next.part,
                     next.push.user_reference, next.push.validity, wall, submit_);
      const SubmitTag tag{
          .token = next.push.token, .part = next.part, .receipt = submit_.registered_delivery != 0};
      if (session_->submit(submit_, tag, now)) {
        ++report_.submitted;
        outbox_.written();
      } else {
        ++report_.refused;
        outbox_.refuse_front(OutcomeClass::configuration);
      }
    }
  }

  void pass_outcomes() {
    std::vector<Outcome> outcomes = outbox_.take_outcomes();
    if (outcomes.empty() || owner_ == nullptr) return;
    for (Outcome& outcome : outcomes) owner_->link_outcome(std::move(outcome));
    owner_->link_room();
  }

  void pump() {
    if (owner_ == nullptr || phase_ == Phase::stopped) return;
    const SteadyTime now = clock_.steady();
    if (phase_ == Phase::session) {
      pump_session(now);
    } else if (stopping_) {
      drop_connection();
      finish_stop();
    } else if (phase_ == Phase::waiting && now >= phase_deadline_) {
      connect();
    } else if (phase_ == Phase::connecting && now >= phase_deadline_) {
      drop_connection();
      retry(Failure::unreachable, "no connection in time (" + peer() + ")");
    }
    pass_outcomes();
    arm(now);
  }

  void pump_session(SteadyTime now) {
    if (session_->next_timer() <= now) session_->tick(now);
    if (!bound_ && session_->state() == Session::State::bound) {
      bound_ = true;
      bound_at_ = now;
      set_state(LinkState::bound, "bound");
      owner_->link_room();
    }
    settle_answers(now);
    hand_over_deliveries();
    if (suspended_until_ && now >= *suspended_until_) {
      suspended_until_.reset();
      configuration_in_row_ = kConfigurationInRow - 1;  // one more refusal suspends again
      probing_ = true;
      set_state(LinkState::bound, "bound; trying again after a suspension");
      owner_->link_room();
    }
    if (was_paused_ && !pause_.holds(now)) {
      was_paused_ = false;
      owner_->link_room();
    }
    was_paused_ = was_paused_ || pause_.holds(now);
    if (stopping_) pump_stop(now);
    if (!session_->closed()) {
      fill_window(now);
      connection_->write(session_->output());
      if (session_->output().size() > kStuckBacklogOctets) {
        session_->lost("the peer does not read");
        settle_answers(now);
      }
    }
    if (session_->closed()) end_session();
  }

  void pump_stop(SteadyTime now) {
    outbox_.give_back();
    const bool quiet = session_->in_window() == 0 && session_->unacknowledged() == 0;
    if (quiet || now >= stop_deadline_) session_->unbind(now);
    if (now >= stop_deadline_ && !session_->closed()) {
      session_->lost("stopped before everything was answered");
    }
    settle_answers(now);
  }

  void arm(SteadyTime now) {
    SteadyTime next = SteadyTime::max();
    if (phase_ == Phase::waiting || phase_ == Phase::connecting) next = phase_deadline_;
    if (phase_ == Phase::session && session_) {
      next = session_->next_timer();
      if (suspended_until_) next = std::min(next, *suspended_until_);
      if (pause_.holds(now)) {
        next = std::min(next, pause_.until());
      } else if (!outbox_.empty() && session_->can_submit() && !suspended_until_) {
        next = std::min(next, throttle_->next(now));
      }
      if (stopping_) next = std::min(next, stop_deadline_);
    }
    if (next == SteadyTime::max() || (armed_ && armed_for_ <= next)) return;
    armed_ = true;
    armed_for_ = next;
    timer_.expires_after(std::max(next - now, SteadyTime::duration(0)));
    timer_.async_wait([self = shared_from_this()](const error_code& problem) {
      if (problem) return;  // replaced by an earlier one
      self->armed_ = false;
      self->pump();
    });
  }

  asio::io_context& reactor_;
  const Clock& clock_;
  Random& random_;
  std::shared_ptr<const SmppSettings> settings_;
  std::shared_ptr<Throttle> throttle_;
  LinkOwner* owner_;
  std::uint8_t ack_low_;

  std::shared_ptr<Connection> connection_;
  asio::steady_timer timer_;
  bool armed_ = false;
  SteadyTime armed_for_{};
  bool posted_ = false;

  Phase phase_ = Phase::idle;
  SteadyTime phase_deadline_{};
  std::optional<Session> session_;
  bool bound_ = false;
  SteadyTime bound_at_{};
  std::uint32_t answers_since_bind_ = 0;
  std::unordered_map<std::uint64_t, std::uint64_t> acks_;  ///< of this session, to its deliveries
  std::uint64_t next_ack_ = 0;

  Outbox outbox_;
  Pdu submit_;  ///< kept for its memory
  LinkPause pause_;
  bool was_paused_ = false;
  Reconnect reconnect_;
  unsigned configuration_in_row_ = 0;
  bool probing_ = false;  ///< after a suspension: one push at a time until something is accepted
  std::optional<SteadyTime> suspended_until_;
  bool stopping_ = false;
  SteadyTime stop_deadline_{};
  LinkReport report_;
};

}  // namespace

std::shared_ptr<Link> make_link(const CarrierSetup& setup,
                                std::shared_ptr<const SmppSettings> settings,
                                std::shared_ptr<Throttle> throttle, LinkOwner& owner,
                                std::string name, std::uint8_t ack_low) {
  return std::make_shared<TcpLink>(setup, std::move(settings), std::move(throttle), owner,
                                   std::move(name), ack_low);
}

}  // namespace cpgw::carriers::smpp
