#include "carriers/smpp/session.h"

#include <algorithm>

namespace cpgw::carriers::smpp {

namespace {

constexpr std::uint32_t kLastSequence = 0x7FFFFFFF;  // SMPP 3.4, 5.1.4
constexpr std::size_t kMostLate = 4096;
constexpr unsigned kMostEnquires = 2;
constexpr std::chrono::seconds kFailingPatience{5};

}  // namespace

Session::Session(const SessionSettings& settings, SteadyTime now)
    : settings_(settings),
      sequence_(settings.first_sequence),
      state_deadline_(now + settings.bind_timeout),
      last_received_(now),
      last_sent_(now) {
  Pdu bind;
  bind.command_id = bind_command();
  bind.sequence_number = bind_sequence_ = next_sequence();
  bind.system_id = settings_.system_id;
  bind.password = as_text(settings_.password.expose());
  bind.system_type = settings_.system_type;
  bind.interface_version = settings_.interface_version;
  bind.addr_ton = settings_.addr_ton;
  bind.addr_npi = settings_.addr_npi;
  bind.address_range = settings_.address_range;
  if (const auto written = encode(bind, output_); !written) {
    close(End::bind_refused, "the bind cannot be written: " + to_string(written.error()));
  }
  wipe(std::as_writable_bytes(std::span(bind.password)));
}

CommandId Session::bind_command() const {
  switch (settings_.mode) {
    case BindMode::transmitter: return CommandId::bind_transmitter;
    case BindMode::receiver: return CommandId::bind_receiver;
    case BindMode::transceiver: break;
  }
  return CommandId::bind_transceiver;
}

std::uint32_t Session::next_sequence() {
  for (;;) {
    const std::uint32_t next = sequence_;
    sequence_ = sequence_ >= kLastSequence ? 1 : sequence_ + 1;
    // Numbers that may still be answered are not given twice.
    if (!window_.contains(next) && !late_.contains(next)) return next;
  }
}

void Session::send(const Pdu& pdu, SteadyTime now) {
  // Only PDUs of our own making without variable text come here: they always fit.
  if (encode(pdu, output_)) last_sent_ = now;
}

void Session::received(OctetView octets, SteadyTime now) {
  if (closed()) return;
  framer_.feed(octets);
  last_received_ = now;
  bool whole_one = false;
  while (!closed()) {
    const auto next = framer_.next();
    if (!next) {
      // Boundaries are lost: say so once, then the connection is of no more use.
      Pdu nack;
      nack.command_id = CommandId::generic_nack;
      nack.command_status = status::ESME_RINVCMDLEN;
      nack.sequence_number = 0;
      send(nack, now);
      return close(End::broken, next.error().message);
    }
    if (!*next) break;
    whole_one = true;
    handle(**next, now);
  }
  if (framer_.partial() == 0) {
    partial_since_.reset();
  } else if (whole_one || !partial_since_) {
    partial_since_ = now;
  }
}

void Session::handle(OctetView octets, SteadyTime now) {
  enquires_ = 0;
  enquire_sent_.reset();
  Pdu pdu;
  const auto read = decode(octets, pdu);
  if (is_response(pdu.command_id)) {
    handle_response(pdu, read.has_value(), now);
  } else {
    handle_request(std::move(pdu), read, now);
  }
}

void Session::handle_response(const Pdu& pdu, bool whole, SteadyTime now) {
  if (pdu.command_id == CommandId::generic_nack) {
    if (state_ == State::binding && pdu.sequence_number == bind_sequence_) {
      return handle_bind_response(pdu);
    }
    if (window_.contains(pdu.sequence_number)) return handle_submit_response(pdu, whole, now);
    if (pdu.command_status == status::ESME_RINVCMDLEN) {
      close(End::broken, "the peer has lost the octet boundaries (generic_nack " +
                             status_text(pdu.command_status) + ")");
    }
    return;
  }
  if (state_ == State::binding) {
    if (pdu.command_id == response_to(bind_command()) && pdu.sequence_number == bind_sequence_) {
      handle_bind_response(pdu);
    }
    return;
  }
  if (pdu.command_id == CommandId::submit_sm_resp) return handle_submit_response(pdu, whole, now);
  if (pdu.command_id == CommandId::unbind_resp && state_ == State::unbinding) {
    close(End::unbound, "unbound");
  }
  // Other responses answer nothing that was asked: the link stays.
}

void Session::handle_bind_response(const Pdu& pdu) {
  bind_status_ = pdu.command_status;
  if (pdu.command_status != status::ESME_ROK) {
    return close(End::bind_refused, "bind refused: " + status_text(pdu.command_status));
  }
  if (pdu.command_id == CommandId::generic_nack) return;
  state_ = State::bound;
}

void Session::handle_submit_response(const Pdu& pdu, bool whole, SteadyTime now) {
  Answer answer;
  answer.code = pdu.command_status;
  answer.outcome = settings_.statuses.of(pdu.command_status);
  // A nack with status 0 says nothing about the message.
  if (pdu.command_id == CommandId::generic_nack && pdu.command_status == status::ESME_ROK) {
    answer.outcome = OutcomeClass::unknown;
  }
  // Even when the rest of the answer is damaged, status 0 means that the message was taken.
  if (answer.outcome == OutcomeClass::accepted) answer.id = pdu.message_id;
  if (const auto state = pdu.number(tag::congestion_state); whole && state && *state <= 100) {
    answer.congestion_state = static_cast<std::uint8_t>(*state);
  }
  if (const auto it = window_.find(pdu.sequence_number); it != window_.end()) {
    answer.tag = it->second.tag;
    window_.erase(it);
  } else if (const auto late = late_.find(pdu.sequence_number); late != late_.end()) {
    answer.tag = late->second;
    answer.late = true;
    late_.erase(late);
    if (answer.outcome != OutcomeClass::accepted) return;
  } else {
    return;
  }
  if (answer.outcome == OutcomeClass::session && !failing_) {
    failing_ = now + kFailingPatience;
    failing_why_ = "the peer says the session cannot submit: " + status_text(answer.code);
  }
  answers_.push_back(std::move(answer));
  if (failing_ && window_.empty()) close(End::unusable, failing_why_);
}

void Session::handle_request(Pdu&& pdu, const Result<void>& read, SteadyTime now) {
  if (!read) {
    if (is_answered(pdu.command_id)) send(answer(pdu, reject_status(read.error())), now);
    return;
  }
  switch (pdu.command_id) {
    case CommandId::enquire_link: return send(answer(pdu), now);
    case CommandId::unbind:
      send(answer(pdu), now);
      return close(End::unbound, "the peer has unbound");
    case CommandId::deliver_sm:
    case CommandId::data_sm: {
      if (state_ == State::binding) return send(answer(pdu, status::ESME_RINVBNDSTS), now);
      if (deliveries_.size() >= settings_.most_deliveries) {
        return send(answer(pdu, status::ESME_RTHROTTLED), now);
      }
      const std::uint64_t id = next_delivery_++;
      deliveries_.emplace(id, Unanswered{pdu.sequence_number, pdu.command_id});
      arrived_.push_back({id, std::move(pdu)});
      return;
    }
    case CommandId::outbind:  // meant for a connection the SMSC has made
    case CommandId::alert_notification: return;
    default: {
      Pdu nack;
      nack.command_id = CommandId::generic_nack;
      nack.command_status = status::ESME_RINVCMDID;
      nack.sequence_number = pdu.sequence_number;
      return send(nack, now);
    }
  }
}

Result<void> Session::submit(Pdu& submit_sm, const SubmitTag& tag, SteadyTime now) {
  const std::uint32_t before = sequence_;
  submit_sm.sequence_number = next_sequence();
  if (auto written = encode(submit_sm, output_); !written) {
    sequence_ = before;
    return written;
  }
  last_sent_ = now;
  // Entries of answered submits go when they are many, so that one missing answer keeps few.
  if (deadlines_.size() > 2 * std::size_t{settings_.window} + 64) {
    std::erase_if(deadlines_, [this](const auto& d) { return !window_.contains(d.second); });
  }
  const SteadyTime deadline = now + settings_.response_timeout;
  window_.emplace(submit_sm.sequence_number, Waiting{tag, deadline});
  deadlines_.emplace_back(deadline, submit_sm.sequence_number);
  return {};
}

void Session::acknowledge(std::uint64_t delivery, std::uint32_t command_status, SteadyTime now) {
  const auto it = deliveries_.find(delivery);
  if (it == deliveries_.end()) return;
  Pdu response;
  response.command_id = response_to(it->second.command);
  response.command_status = command_status;
  response.sequence_number = it->second.sequence;
  deliveries_.erase(it);
  if (!closed()) send(response, now);
}

void Session::unbind(SteadyTime now) {
  if (state_ == State::binding) return close(End::unbound, "closed before the bind was answered");
  if (state_ != State::bound) return;
  state_ = State::unbinding;
  state_deadline_ = now + settings_.unbind_timeout;
  Pdu pdu;
  pdu.command_id = CommandId::unbind;
  pdu.sequence_number = next_sequence();
  send(pdu, now);
}

void Session::send_enquire(SteadyTime now) {
  Pdu pdu;
  pdu.command_id = CommandId::enquire_link;
  pdu.sequence_number = next_sequence();
  send(pdu, now);
  enquire_sent_ = now;
  ++enquires_;
}

void Session::expire_window(SteadyTime now) {
  while (!deadlines_.empty()) {
    const auto [deadline, sequence] = deadlines_.front();
    const auto it = window_.find(sequence);
    const bool waits = it != window_.end() && it->second.deadline == deadline;
    if (waits && deadline > now) return;
    deadlines_.pop_front();
    if (!waits) continue;
    // Remembered for a while: an acceptance that comes late avoids a duplicate.
    if (late_order_.size() >= kMostLate) {
      late_.erase(late_order_.front());
      late_order_.pop_front();
    }
    late_.insert_or_assign(sequence, it->second.tag);
    late_order_.push_back(sequence);
    answers_.push_back({.tag = it->second.tag});
    window_.erase(it);
  }
}

void Session::tick(SteadyTime now) {
  if (closed()) return;
  if (state_ == State::binding && now >= state_deadline_) {
    return close(End::silent, "no answer to the bind");
  }
  if (state_ == State::unbinding && now >= state_deadline_) {
    return close(End::unbound, "no answer to the unbind");
  }
  if (partial_since_ && now >= *partial_since_ + settings_.partial_timeout) {
    return close(End::silent, "half a PDU, and then nothing more");
  }
  expire_window(now);
  if (failing_ && (window_.empty() || now >= *failing_)) {
    return close(End::unusable, failing_why_);
  }
  if (state_ != State::bound) return;
  if (enquire_sent_) {
    if (now < *enquire_sent_ + settings_.enquire_timeout) return;
    if (enquires_ >= kMostEnquires) {
      return close(End::silent, "no answer to two enquire_links");
    }
    return send_enquire(now);
  }
  if (now >= std::min(last_received_, last_sent_) + settings_.enquire_interval) send_enquire(now);
}

SteadyTime Session::next_timer() const {
  SteadyTime next = SteadyTime::max();
  if (closed()) return next;
  if (state_ != State::bound) next = state_deadline_;
  if (partial_since_) next = std::min(next, *partial_since_ + settings_.partial_timeout);
  if (failing_) next = std::min(next, *failing_);
  if (!deadlines_.empty()) next = std::min(next, deadlines_.front().first);
  if (state_ == State::bound) {
    next = std::min(next, enquire_sent_
                              ? *enquire_sent_ + settings_.enquire_timeout
                              : std::min(last_received_, last_sent_) + settings_.enquire_interval);
  }
  return next;
}

void Session::lost(const std::string& why) {
  if (!closed()) close(state_ == State::unbinding ? End::unbound : End::lost, why);
}

void Session::close(End end, std::string why) {
  state_ = State::closed;
  end_ = end;
  why_ = std::move(why);
  // Written and never answered: each may have been delivered. In the order of writing.
  for (const auto& [deadline, sequence] : deadlines_) {
    const auto it = window_.find(sequence);
    if (it == window_.end() || it->second.deadline != deadline) continue;
    answers_.push_back({.tag = it->second.tag});
    window_.erase(it);
  }
  deadlines_.clear();
  deliveries_.clear();
}

}  // namespace cpgw::carriers::smpp
