// The socket of the simulated phones; what they do is in phones.
#include "gateway/simulators/handset.h"

#include <unistd.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <iostream>

#include "carriers/smpp/status.h"
#include "gateway/simulators/phones.h"
#include "gateway/simulators/report.h"
#include "wbxml/xml_reader.h"

namespace cpgw::gateway::simulators {
namespace {

namespace asio = boost::asio;
namespace smpp = carriers::smpp;
using boost::system::error_code;
using smpp::CommandId;
using tcp = asio::ip::tcp;

constexpr int kDone = 0, kFailed = 1, kUnreadable = 3, kUnreachable = 4;
constexpr auto kRetry = std::chrono::milliseconds(200);
constexpr std::size_t kReadOctets = 64 * 1024;
constexpr std::size_t kMostXml = 1024 * 1024;

// One link, made again when it breaks.
class Link {
 public:
  Link(asio::io_context& context, const HandsetOptions& options, Phones& phones, const Clock& clock,
       std::function<void()> on_bound, std::function<void()> on_progress,
       std::function<void(std::string)> on_give_up)
      : options_(options),
        phones_(phones),
        clock_(clock),
        resolver_(context),
        socket_(context),
        timer_(context),
        input_(kReadOctets),
        on_bound_(std::move(on_bound)),
        on_progress_(std::move(on_progress)),
        on_give_up_(std::move(on_give_up)) {}

  void start() {
    give_up_ = clock_.steady() + options_.connect_patience;
    connect();
  }

  void stop() {
    stopped_ = true;
    error_code ignored;
    timer_.cancel();
    resolver_.cancel();
    socket_.close(ignored);
  }

  /// Calls `done` once everything is written.
  void drain(std::function<void()> done) {
    on_idle_ = std::move(done);
    if (!writing_ && output_.empty()) std::exchange(on_idle_, nullptr)();
  }

 private:
  void connect() {
    resolver_.async_resolve(options_.host, std::to_string(options_.port),
                            [this](error_code error, const tcp::resolver::results_type& found) {
                              if (stopped_) return;
                              if (error) return again(error.message());
                              asio::async_connect(
                                  socket_, found, [this](error_code failed, const tcp::endpoint&) {
                                    if (stopped_) return;
                                    if (failed) return again(failed.message());
                                    error_code ignored;
                                    socket_.set_option(tcp::no_delay(true), ignored);
                                    framer_ = smpp::Framer();
                                    output_.clear();
                                    writing_ = false;
                                    bind();
                                    read();
                                  });
                            });
  }

  void again(const std::string& why) {
    error_code ignored;
    socket_.close(ignored);
    bound_ = false;
    if (clock_.steady() >= give_up_) return on_give_up_(why);
    timer_.expires_after(kRetry);
    timer_.async_wait([this](error_code error) {
      if (!error && !stopped_) connect();
    });
  }

  void bind() {
    smpp::Pdu pdu;
    pdu.command_id = CommandId::bind_receiver;
    pdu.sequence_number = 1;
    pdu.system_id = options_.system_id;
    pdu.password = options_.password;
    pdu.system_type = "HANDSET";
    pdu.address_range = options_.address_prefix;
    send(pdu);
    write();
  }

  void read() {
    socket_.async_read_some(asio::buffer(input_), [this](error_code error, std::size_t octets) {
      if (stopped_) return;
      if (error) {
        if (bound_) give_up_ = clock_.steady() + options_.connect_patience;
        return again(error.message());
      }
      framer_.feed(OctetView(input_).first(octets));
      for (;;) {
        const auto next = framer_.next();
        if (!next) return again(next.error().message);
        if (!*next) break;
        if (!handle(**next)) return again("the message centre refused the bind");
        if (stopped_) return;
      }
      write();
      on_progress_();
      if (!stopped_) read();
    });
  }

  // False when the link is of no use.
  bool handle(OctetView octets) {
    if (const auto read = smpp::decode(octets, pdu_); !read) {
      if (smpp::is_answered(pdu_.command_id))
        send(smpp::answer(pdu_, smpp::reject_status(read.error())));
      return true;
    }
    switch (pdu_.command_id) {
      case CommandId::bind_receiver_resp:
        if (pdu_.command_status != smpp::status::ESME_ROK) return false;
        bound_ = true;
        on_bound_();
        return true;
      case CommandId::deliver_sm:
        send(smpp::answer(pdu_, phones_.take(pdu_, clock_.steady())));
        return true;
      case CommandId::enquire_link:
      case CommandId::unbind: send(smpp::answer(pdu_)); return true;
      default: break;
    }
    if (!smpp::is_answered(pdu_.command_id)) return true;
    smpp::Pdu nack;
    nack.command_id = CommandId::generic_nack;
    nack.command_status = smpp::status::ESME_RINVCMDID;
    nack.sequence_number = pdu_.sequence_number;
    send(nack);
    return true;
  }

  void send(const smpp::Pdu& pdu) {
    // Answers echo what was read within its limits; the bind's fields may be too long.
    if (const auto encoded = smpp::encode(pdu, output_); !encoded)
      on_give_up_(encoded.error().message);
  }

  void write() {
    if (writing_ || output_.empty() || stopped_) return;
    writing_ = true;
    sent_.clear();
    std::swap(sent_, output_);
    asio::async_write(socket_, asio::buffer(sent_), [this](error_code error, std::size_t) {
      if (stopped_ || error) return;  // the reader sees the end and connects again
      writing_ = false;
      write();
      if (on_idle_ && !writing_) std::exchange(on_idle_, nullptr)();
    });
  }

  const HandsetOptions& options_;
  Phones& phones_;
  const Clock& clock_;
  tcp::resolver resolver_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  smpp::Framer framer_;
  smpp::Pdu pdu_;
  Octets input_, output_, sent_;
  bool writing_ = false, bound_ = false, stopped_ = false;
  SteadyTime give_up_{};
  std::function<void()> on_bound_, on_progress_, on_idle_;
  std::function<void(std::string)> on_give_up_;
};

// JSON lines on a descriptor somebody else opened.
class ReportLines {
 public:
  explicit ReportLines(int descriptor) : descriptor_(descriptor) {}
  void line(std::string text) {
    if (descriptor_ < 0) return;
    text += '\n';
    std::string_view rest = text;
    while (!rest.empty()) {
      const ssize_t wrote = ::write(descriptor_, rest.data(), rest.size());
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote <= 0) {
        descriptor_ = -1;  // nobody reads any more
        return;
      }
      rest.remove_prefix(static_cast<std::size_t>(wrote));
    }
  }

 private:
  int descriptor_;
};

Result<wbxml::Document> read_expected(const std::string& file) {
  Position at;
  at.file = file;
  std::ifstream in(file, std::ios::binary);
  std::string xml(kMostXml + 1, '\0');
  in.read(xml.data(), static_cast<std::streamsize>(xml.size()));
  if (in.bad() || (!in && !in.eof())) return fail(cpgw::Errc::io, "cannot read the file", at);
  xml.resize(static_cast<std::size_t>(in.gcount()));
  return wbxml::read_xml(xml, file);
}

}  // namespace

int simulate_handset(const HandsetOptions& options) {
  std::signal(SIGPIPE, SIG_IGN);
  const SystemClock clock;
  ReportLines lines(options.report_fd);
  Phones::Options how;
  how.allow_unsigned = options.allow_unsigned;
  Phones phones(how, [&](const Verdict& verdict) {
    if (options.report_fd >= 0) lines.line(to_json(verdict));
  });
  if (!options.expect.empty()) {
    auto expected = read_expected(options.expect);
    if (!expected) {
      std::cerr << to_string(expected.error()) << std::endl;
      return kUnreadable;
    }
    phones.expect(std::move(*expected));
  }
  const bool standard_input = options.phones.empty() || options.phones == "-";
  std::ifstream file;
  if (!standard_input) file.open(options.phones, std::ios::binary);
  if (!standard_input && !file) {
    std::cerr << options.phones << ": cannot open the file" << std::endl;
    return kUnreadable;
  }
  const auto read = phones.read(standard_input ? std::cin : file,
                                standard_input ? "standard input" : options.phones);
  if (!read) {
    std::cerr << to_string(read.error()) << std::endl;
    return kUnreadable;
  }
  if (phones.size() == 0) {
    std::cerr << "no phones: give lines of number,imsi[,pin]" << std::endl;
    return kUnreadable;
  }

  asio::io_context context(1);
  int status = kDone;
  Link* running = nullptr;
  const auto finish = [&] {
    if (running != nullptr) running->stop();
    context.stop();
  };
  SteadyTime told = clock.steady();
  Link link(
      context, options, phones, clock,
      [&] {
        if (options.progress) std::cerr << phones.size() << " phones ready" << std::endl;
        lines.line("{\"ready\":" + std::to_string(phones.size()) + "}");
      },
      [&] {
        const SteadyTime now = clock.steady();
        if (options.progress && now - told >= std::chrono::seconds(1)) {
          told = now;
          std::cerr << phones.verified() << " of " << phones.size() << " phones verified, "
                    << phones.summary().failed << " messages refused" << std::endl;
        }
        // The last answers must leave before the link does.
        if (options.exit_after != 0 && phones.verified() >= options.exit_after)
          running->drain(finish);
      },
      [&](const std::string& why) {
        std::cerr << "no message centre at " << options.host << ':' << options.port << ": " << why
                  << std::endl;
        status = kUnreachable;
        finish();
      });
  running = &link;
  asio::signal_set signals(context, SIGTERM, SIGINT);
  signals.async_wait([&](error_code error, int) {
    if (!error) finish();
  });
  link.start();
  context.run();
  const PhonesSummary summary = phones.summary();
  std::cout << to_json(summary) << std::endl;
  if (status != kDone) return status;
  return summary.failed == 0 ? kDone : kFailed;
}

}  // namespace cpgw::gateway::simulators
