#include "carriers/event_queue.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <utility>

namespace cpgw::carriers {

EventQueue::EventQueue(boost::asio::io_context& reactor, CarrierEvents& events, std::string carrier)
    : reactor_(reactor), events_(events), carrier_(std::move(carrier)) {}

void EventQueue::add(Event event) {
  waiting_.push_back(std::move(event));
  schedule();
}

void EventQueue::room() {
  room_ = true;
  schedule();
}

void EventQueue::schedule() {
  if (scheduled_ || closed_) return;
  scheduled_ = true;
  boost::asio::post(reactor_, [self = shared_from_this()] { self->drain(); });
}

void EventQueue::drain() {
  scheduled_ = false;
  std::vector<Event> now = std::exchange(waiting_, {});
  for (Event& event : now) {
    if (closed_) return;  // the flow has let the carrier go in the event before
    if (auto* outcome = std::get_if<Outcome>(&event)) {
      events_.on_outcome(carrier_, *outcome);
    } else if (auto* receipt = std::get_if<Receipt>(&event)) {
      events_.on_receipt(carrier_, std::move(*receipt));
    } else if (auto* inbound = std::get_if<Inbound>(&event)) {
      events_.on_inbound(carrier_, std::move(*inbound));
    } else if (auto* report = std::get_if<LinkReport>(&event)) {
      events_.on_link(*report);
    } else {
      std::get<std::function<void()>>(event)();
    }
  }
  if (!closed_ && std::exchange(room_, false)) events_.on_room(carrier_);
}

}  // namespace cpgw::carriers
