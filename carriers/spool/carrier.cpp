#include "carriers/spool/carrier.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "carriers/event_queue.h"

namespace cpgw::carriers::spool {

namespace {

class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

Result<void> failed(const std::string& what, const std::string& path) {
  return fail(cpgw::Errc::io, what + " " + path + ": " + std::strerror(errno));
}

Result<void> write_whole(const std::string& directory, const std::string& name,
                         std::string_view text) {
  const std::string path = directory + "/" + name, partial = directory + "/." + name;
  {
    const Fd file(::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (file.get() < 0) return failed("cannot write", partial);
    while (!text.empty()) {
      const ssize_t n = ::write(file.get(), text.data(), text.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return failed("cannot write", partial);
      text.remove_prefix(static_cast<std::size_t>(n));
    }
    if (::fsync(file.get()) != 0) return failed("cannot sync", partial);
  }
  if (::rename(partial.c_str(), path.c_str()) != 0) return failed("cannot rename to", path);
  const Fd folder(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || ::fsync(folder.get()) != 0) return failed("cannot sync", directory);
  return {};
}

class SpoolCarrier final : public Carrier {
 public:
  SpoolCarrier(SpoolSettings settings, const CarrierSetup& setup)
      : settings_(std::move(settings)),
        events_(std::make_shared<EventQueue>(setup.reactor, setup.events, settings_.name)) {
    // Tokens begin again with every process; names of files may not.
    std::array<std::byte, 8> run;
    setup.random.fill(run);
    run_ = to_hex(run);
    report_.name = settings_.name;
    report_.detail = "not started";
  }
  ~SpoolCarrier() override { events_->close(); }
  SpoolCarrier(const SpoolCarrier&) = delete;
  SpoolCarrier& operator=(const SpoolCarrier&) = delete;

  const std::string& name() const override { return settings_.name; }
  const std::string& account() const override { return settings_.account; }
  std::uint32_t window() const override { return settings_.window; }

  void start() override {
    std::error_code problem;
    std::filesystem::create_directories(settings_.directory, problem);
    if (problem) {
      tell(LinkState::suspended, "cannot make " + settings_.directory + ": " + problem.message());
    } else {
      tell(LinkState::bound, "writes to " + settings_.directory);
    }
    events_->room();
  }

  std::uint32_t ready_parts() const override {
    return report_.state == LinkState::bound && !paused_ ? settings_.window : 0;
  }

  bool submit(const Push& push) override {
    if (ready_parts() == 0) return false;
    for (std::size_t i = 0; i < push.parts.size() && i < 32; ++i) {
      if ((push.to_send >> i & 1) == 0) continue;
      const auto part = static_cast<std::uint8_t>(i);
      ++report_.submitted;
      Outcome outcome{.token = push.token, .part = part, .id = {}};
      const std::string name = push.recipient.digits() + "-" + run_ + "-" +
                               std::to_string(push.token) + "-" + std::to_string(part + 1) + ".sms";
      if (const auto written = write_whole(settings_.directory, name, content(push, part))) {
        ++report_.accepted;
        outcome.outcome = OutcomeClass::accepted;
        outcome.id = name;
      } else {
        ++report_.refused;
        outcome.outcome = OutcomeClass::temporary;
        if (report_.detail != written.error().message) {
          tell(LinkState::bound, written.error().message);
        }
      }
      events_->outcome(std::move(outcome));
    }
    events_->room();
    return true;
  }

  void acknowledge(std::uint64_t, bool) override {}  // there is nothing to acknowledge

  void stop(std::chrono::milliseconds, std::function<void()> done) override {
    tell(LinkState::stopped, "stopped");
    events_->then(std::move(done));
  }

  void pause(bool paused) override {
    paused_ = paused;
    if (!paused) events_->room();
  }

  std::vector<LinkReport> report() const override { return {report_}; }
  bool leaves_machine() const override { return false; }

 private:
  static std::string content(const Push& push, std::uint8_t index) {
    const si_sl::Part& part = push.parts[index];
    return "to " + push.recipient.international() + "\ndcs " + std::to_string(part.data_coding) +
           "\npart " + std::to_string(part.number) + " of " + std::to_string(part.total) +
           (part.septets != 0 ? "\nseptets " + std::to_string(part.septets) : std::string()) +
           "\nudh " + to_hex(part.udh()) + "\ndata " + to_hex(part.data()) + "\n";
  }
  void tell(LinkState state, std::string detail) {
    report_.state = state;
    report_.detail = std::move(detail);
    events_->link(report_);
  }

  std::string run_;  ///< of this process
  SpoolSettings settings_;
  std::shared_ptr<EventQueue> events_;
  LinkReport report_;
  bool paused_ = false;
};

}  // namespace

std::unique_ptr<Carrier> make_spool_carrier(SpoolSettings settings, const CarrierSetup& setup) {
  return std::make_unique<SpoolCarrier>(std::move(settings), setup);
}

}  // namespace cpgw::carriers::spool
