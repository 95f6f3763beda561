// cpgw demo: gateway, message centre and handsets as processes of their own on loopback, a real
// campaign, a verdict.
#include "gateway/cli/demo.h"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <ostream>
#include <sstream>
#include <thread>

#include "gateway/cli/child.h"
#include "gateway/cli/client.h"
#include "gateway/cli/demo_folder.h"
#include "gateway/cli/interruptible.h"
#include "gateway/cli/progress.h"
#include "gateway/provisioning/errors.h"
#include "gateway/provisioning/provider_document.h"
#include "signer/sealing.h"

namespace cpgw::gateway::cli {
namespace {

namespace prov = provisioning;

/// Internet and MMS, three parts: a common case.
constexpr const char* kProvider = "fi/Telia";
constexpr std::chrono::seconds kStartPatience{30};
constexpr std::chrono::seconds kStopPatience{30};
/// After a failure: time to write their logs.
constexpr std::chrono::seconds kShortStopPatience{5};
/// Without any progress for so long the demo gives up.
constexpr std::chrono::seconds kStallPatience{60};
/// Between two looks whether the handsets have ended.
constexpr std::chrono::milliseconds kHandsetsPause{10};

tl::unexpected<Error> stopped() { return fail(Errc::io, "interrupted"); }

Result<std::string> provider_xml(const DemoCommand& command) {
  const auto providers =
      prov::read_providers(command.providers_file.empty() ? std::string(prov::kProviderDatabase)
                                                          : command.providers_file);
  if (!providers) return fail(Error(providers.error()));
  const auto index =
      prov::find_provider(*providers, command.provider.empty() ? kProvider : command.provider);
  if (!index) return fail(Error(index.error()));
  const prov::ProviderDocument made = prov::provider_document((*providers)[*index]);
  if (!made.document)
    return fail(prov::Errc::no_document,
                "this provider cannot be expressed: " +
                    (made.faults.empty() ? std::string() : made.faults.front().message));
  return wbxml::write_xml(*made.document);
}

/// Owned by one thread. Its processes end with it.
class Demo {
 public:
  Demo(const DemoCommand& command, Io& io, std::string xml)
      : command_(command), io_(io), xml_(std::move(xml)) {}
  Result<demo::Verdict> run();
  std::string walk;

 private:
  Result<void> start(const std::string& folder);
  Result<boost::json::object> ask(boost::json::object request, bool events = false);
  Result<void> campaign();
  Result<void> follow(demo::Verdict& verdict);
  Result<void> explain();
  Result<void> collect(demo::Verdict& verdict);
  /// Do all three processes still run?
  Result<void> alive();
  /// Stops what still runs, in order.
  void stop_all();

  const DemoCommand& command_;
  const bool receipts_ = command_.receipts != "none";
  Io& io_;
  std::string xml_;
  std::vector<demo::Phone> phones_;
  std::string config_, keyring_file_;
  std::optional<Child> smsc_, handsets_, gateway_;
  std::optional<Client> client_;
  std::string first_job_;
  std::vector<std::pair<std::string, std::string>> first_events_;
};

Result<boost::json::object> Demo::ask(boost::json::object request, bool events) {
  request["tenant"] = "demo";
  auto answer = events ? client_->ask_events(request) : client_->ask(request);
  if (!answer) return answer;
  if (is_ok(*answer)) return answer;
  return fail(Errc::io, "the gateway refused: " + boost::json::serialize(*answer));
}

Result<void> Demo::start(const std::string& folder) {
  std::array<std::byte, 4> drawn;
  io_.random.fill(drawn);
  const std::string password = to_hex(drawn);  // 8 characters: all an SMPP password may have
  auto smsc = Child::start(io_.program,
                           {"simulate", "smsc", "--port", "0", "--system-id", "cpgw", "--password",
                            password, "--wait-for-phone"},
                           {folder, folder + "/smsc.err", {}});
  if (!smsc) return fail(std::move(smsc).error());
  smsc_.emplace(std::move(*smsc));
  auto listening = smsc_->line(io_.clock, kStartPatience);
  if (!listening) return fail(std::move(listening).error());
  const std::string_view digits = std::string_view(*listening).substr(listening->rfind(':') + 1);
  std::uint16_t port = 0;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), port).ec != std::errc())
    return fail(Errc::io, "the message centre does not say on which port it listens");

  std::string told;
  for (const demo::Phone& phone : phones_) told += phone.number + "," + phone.imsi + "\n";
  std::vector<std::string> arguments{"simulate",           "handset",  "--port",
                                     std::to_string(port), "--expect", "document.xml"};
  // Without receipts only the handsets know when the last push has arrived.
  if (!receipts_) {
    arguments.insert(arguments.end(), {"--exit-after", std::to_string(phones_.size())});
  }
  auto handsets = Child::start(io_.program, arguments, {folder, folder + "/handsets.err", told});
  wipe(std::as_writable_bytes(std::span(told)));
  if (!handsets) return fail(std::move(handsets).error());
  handsets_.emplace(std::move(*handsets));

  keyring_file_ = folder + "/keyring";
  if (auto done = signer::Keyring::create(keyring_file_, io_.random); !done) return done;
  config_ = folder + "/cpgw.toml";
  if (auto done = demo::write_file(config_, demo::settings_text(port, password, command_.receipts));
      !done)
    return done;
  auto gateway = Child::start(io_.program, {"serve", "--config", config_},
                              {folder, folder + "/gateway.err", {}});
  if (!gateway) return fail(std::move(gateway).error());
  gateway_.emplace(std::move(*gateway));
  auto ready = gateway_->line(io_.clock, kStartPatience);
  if (!ready) return fail(std::move(ready).error());
  auto client = Client::connect(io_, {config_, "demo", false});
  if (!client) return fail(std::move(client).error());
  client_.emplace(std::move(*client));
  return {};
}

Result<void> Demo::campaign() {
  const boost::json::object content{
      {"type", "text/vnd.wap.connectivity-xml"}, {"xml", xml_}, {"security", "netwpin"}};
  if (auto made = ask({{"op", "campaign.new"}, {"name", "demo"}, {"content", content}}); !made)
    return fail(std::move(made).error());
  std::string rows = "number,imsi\n";
  for (const demo::Phone& phone : phones_) rows += phone.number + "," + phone.imsi + "\n";
  std::istringstream in(rows);
  std::ostringstream said;
  Io quiet{in, said, io_.err, io_.environment, io_.clock, io_.random, false, false, io_.program};
  ImportRecipientsCommand import;
  import.gateway = {config_, "demo", false};
  import.file = "-";
  import.campaign = "demo";
  import.name = "phones";
  import.rejects = config_ + ".rejected.csv";
  const int status = cli::run(import, quiet);
  wipe(std::as_writable_bytes(std::span(rows)));
  if (status != kDone) return fail(Errc::io, "the import of the phones failed: " + said.str());
  auto started = ask({{"op", "campaign.start"}, {"name", "demo"}});
  if (!started) return fail(std::move(started).error());
  return {};
}

Result<void> Demo::follow(demo::Verdict& verdict) {
  Progress progress(io_, "demo", phones_.size());
  std::uint64_t after = 0, settled = 0;
  std::uint64_t sent = 0;
  SteadyTime last_change = io_.clock.steady();
  while (settled < phones_.size()) {
    if (interrupted() != 0) return stopped();
    if (auto done = alive(); !done) return done;
    auto page =
        ask({{"op", "events"}, {"after", after}, {"credit", 1000}, {"wait_ms", 1000}}, true);
    if (!page) return fail(std::move(page).error());
    auto done = read_answer([&] {
      for (const auto& item : page->at("events").as_array()) {
        const auto& event = item.as_object();
        after = number_of(event, "sequence");
        const std::string kind = text_of(event, "kind");
        if (kind == "delivered") ++verdict.delivered;
        if (kind == "sent") ++sent;
        if (kind == (receipts_ ? "delivered" : "sent")) verdict.parts += number_of(event, "parts");
        if (kind == "failed" || kind == "expired" || kind == "cancelled") ++verdict.failed;
        if (kind == "resent") ++verdict.possible_duplicates;
        if (first_job_.empty() && kind == "sent" &&
            text_of(event, "number") == phones_.front().number)
          first_job_ = text_of(event, "job");
        if (!first_job_.empty() && text_of(event, "job") == first_job_)
          first_events_.emplace_back(kind, text_of(event, "at"));
        last_change = io_.clock.steady();
      }
    });
    if (!done) return done;
    settled = (receipts_ ? verdict.delivered : sent) + verdict.failed;
    progress.show(settled, std::to_string(receipts_ ? verdict.delivered : sent) +
                               (receipts_ ? " delivered, " : " sent, ") +
                               std::to_string(verdict.failed) + " failed");
    if (io_.clock.steady() - last_change > kStallPatience) break;
  }
  while (!receipts_ && !handsets_->ended() && verdict.failed == 0 &&
         io_.clock.steady() - last_change <= kStallPatience) {
    if (interrupted() != 0) return stopped();
    if (auto done = alive(); !done) return done;
    std::this_thread::sleep_for(kHandsetsPause);
  }
  progress.done();
  return {};
}

Result<void> Demo::explain() {
  if (first_job_.empty()) return {};
  const auto answer = ask({{"op", "job.show"}, {"id", first_job_}});
  if (!answer) return fail(answer.error());
  boost::json::object job;
  if (auto done = read_answer([&] { job = answer->at("job").as_object(); }); !done) return done;
  const auto keyring = signer::Keyring::load(keyring_file_);
  if (!keyring) return fail(keyring.error());
  auto text = demo::walk_through(xml_, phones_.front(), *keyring, job, first_events_);
  if (!text) return fail(std::move(text).error());
  walk = std::move(*text);
  return {};
}

Result<void> Demo::alive() {
  for (auto* child : {&smsc_, &gateway_, &handsets_}) {
    // Without receipts the handsets leave by themselves when each has its settings.
    const auto status = (*child)->ended();
    if (status && (receipts_ || child != &handsets_ || *status != kDone))
      return fail(Errc::io, (*child)->name() + " has ended with status " + std::to_string(*status));
  }
  return {};
}

void Demo::stop_all() {
  client_.reset();
  for (auto* child : {&gateway_, &handsets_, &smsc_}) {
    if (*child && !(*child)->ended())
      static_cast<void>((*child)->stop(io_.clock, kShortStopPatience));
    child->reset();
  }
}

Result<void> Demo::collect(demo::Verdict& verdict) {
  if (auto done = explain(); !done) return done;
  client_.reset();
  std::string told;
  for (auto* child : {&gateway_, &handsets_, &smsc_}) {
    auto said = (*child)->stop(io_.clock, kStopPatience);
    if (!said) return fail(std::move(said).error());
    if (child == &handsets_) told = std::move(*said);
    // The handsets' "no" is told by their verdict.
    const int status = (*child)->ended().value_or(kDone);
    if (status != kDone && !(child == &handsets_ && status == kNo))
      return fail(Errc::io, (*child)->name() + " has ended with status " + std::to_string(status));
  }
  auto done = demo::add_handsets(told, verdict);
  if (done)
    verdict.lost = verdict.accepted - std::min(verdict.accepted, verdict.verified + verdict.failed);
  return done;
}

Result<demo::Verdict> Demo::run() {
  phones_ = demo::draw_phones(command_.subscribers, command_.seed, io_.random);
  auto folder = demo::Folder::make(command_.keep);
  if (!folder) return fail(std::move(folder).error());
  demo::Verdict verdict;
  verdict.receipts = receipts_;
  const auto work = [&]() -> Result<void> {
    if (auto done = demo::write_file(folder->file("document.xml"), xml_); !done) return done;
    if (auto done = start(folder->path()); !done) return done;
    const SteadyTime begin = io_.clock.steady();
    if (auto done = campaign(); !done) return done;
    verdict.accepted = phones_.size();
    if (auto done = follow(verdict); !done) return done;
    verdict.seconds = std::chrono::duration<double>(io_.clock.steady() - begin).count();
    verdict.documents_per_second =
        verdict.seconds > 0
            ? static_cast<double>(receipts_ ? verdict.delivered : verdict.accepted) /
                  verdict.seconds
            : 0;
    return collect(verdict);
  };
  auto done = work();
  stop_all();
  if (interrupted() != 0) return stopped();
  if (done && verdict.good()) return verdict;
  folder->keep();
  if (done) {
    io_.err << "cpgw: logs are kept in " << folder->path() << "\n";
    return verdict;
  }
  done.error().message += "; logs are kept in " + folder->path();
  return fail(std::move(done).error());
}

}  // namespace

int run(const DemoCommand& command, Io& io) {
  const Interruptible interruptible;
  auto xml = provider_xml(command);
  if (!xml) {
    const bool unreadable = xml.error().code == Code(Errc::io);
    complain(io, xml.error());
    if (unreadable && command.providers_file.empty())
      io.err << "cpgw: the database is in Debian's package mobile-broadband-provider-info\n";
    return unreadable ? kMalformed : kNo;
  }
  Demo demo(command, io, std::move(*xml));
  auto verdict = demo.run();
  if (interrupted() != 0) {
    io.err << "cpgw: interrupted; everything the demo started has ended\n";
    return 128 + interrupted();
  }
  if (!verdict) return complain(io, verdict.error(), kNo);
  if (command.json) {
    io.out << boost::json::serialize(demo::to_json(*verdict)) << "\n";
  } else {
    io.out << demo.walk << "\n" << demo::to_table(*verdict);
  }
  return verdict->good() ? kDone : kNo;
}

}  // namespace cpgw::gateway::cli
