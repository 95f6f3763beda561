// cpgw demo: gateway, message centre and handsets as processes of their own on loopback, a real
// campaign, a verdict.
#include "gateway/cli/demo.h"

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <sstream>

#include "gateway/cli/child.h"
#include "gateway/cli/client.h"
#include "gateway/cli/progress.h"
#include "gateway/provisioning/provider_document.h"
#include "signer/sealing.h"

namespace cpgw::gateway::cli {
namespace {

namespace fs = std::filesystem;
namespace prov = provisioning;

/// Internet and MMS, three parts: a common case.
constexpr const char* kProvider = "fi/Telia";
constexpr std::chrono::seconds kStartPatience{30};
constexpr std::chrono::seconds kStopPatience{30};
/// Without any progress for so long the demo gives up.
constexpr std::chrono::seconds kStallPatience{60};

std::atomic<int> g_interrupted{0};
void interrupt(int signal_number) { g_interrupted = signal_number; }

tl::unexpected<Error> stopped() { return fail(Errc::io, "interrupted"); }

/// Handles Ctrl-C while it lives: the demo ends its processes and removes its folder in order.
class Interruptible {
 public:
  Interruptible() {
    g_interrupted = 0;
    struct sigaction action = {};
    action.sa_handler = interrupt;
    sigaction(SIGINT, &action, &old_int_);
    sigaction(SIGTERM, &action, &old_term_);
    old_pipe_ = std::signal(SIGPIPE, SIG_IGN);
  }
  ~Interruptible() {
    sigaction(SIGINT, &old_int_, nullptr);
    sigaction(SIGTERM, &old_term_, nullptr);
    std::signal(SIGPIPE, old_pipe_);
  }

 private:
  struct sigaction old_int_ = {}, old_term_ = {};
  void (*old_pipe_)(int) = nullptr;
};

/// The folder of one run: removed at the end unless it is to be kept.
class Folder {
 public:
  [[nodiscard]] static Result<Folder> make(const std::string& keep) {
    Folder folder;
    if (!keep.empty()) {
      std::error_code problem;
      if (fs::exists(keep, problem) && !fs::is_empty(keep, problem))
        return fail(Errc::io, keep + ": is not empty");
      fs::create_directories(keep, problem);
      if (problem) return fail(Errc::io, keep + ": " + problem.message());
      folder.path_ = fs::absolute(keep).string();
      folder.keep_ = true;
      ::chmod(folder.path_.c_str(), 0700);
      return folder;
    }
    std::string name = (fs::temp_directory_path() / "cpgw-demo-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) return fail(Errc::io, name + ": cannot be made");
    folder.path_ = name;
    return folder;
  }
  Folder(Folder&& other) noexcept : path_(std::exchange(other.path_, {})), keep_(other.keep_) {}
  ~Folder() {
    std::error_code ignored;
    if (!path_.empty() && !keep_) fs::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file(const char* name) const { return path_ + "/" + name; }
  void keep() { keep_ = true; }

 private:
  Folder() = default;
  std::string path_;
  bool keep_ = false;
};

Result<void> write_file(const std::string& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.close();
  if (!out) return fail(Errc::io, file + ": cannot be written");
  return {};
}

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
    return fail(Errc::io, "this provider cannot be expressed: " +
                              (made.faults.empty() ? std::string() : made.faults.front().message));
  return wbxml::write_xml(*made.document);
}

class Demo {
 public:
  Demo(const DemoCommand& command, Io& io) : command_(command), io_(io) {}
  Result<demo::Verdict> run();
  std::string walk;

 private:
  Result<void> start(const std::string& folder);
  Result<boost::json::object> ask(boost::json::object request, bool events = false);
  Result<void> campaign();
  Result<void> follow(demo::Verdict& verdict);
  Result<void> collect(demo::Verdict& verdict);

  const DemoCommand& command_;
  Io& io_;
  std::string xml_;
  std::vector<demo::Phone> phones_;
  std::string config_;
  std::optional<Child> smsc_, handsets_, gateway_;
  std::optional<Client> client_;
  std::string first_job_;
  std::vector<std::pair<std::string, std::string>> first_events_;
};

Result<boost::json::object> Demo::ask(boost::json::object request, bool events) {
  request["tenant"] = "demo";
  auto answer = events ? client_->ask_events(request) : client_->ask(request);
  if (!answer) return answer;
  if (answer->contains("ok") && answer->at("ok").is_bool() && answer->at("ok").as_bool())
    return answer;
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
  const unsigned long port =
      std::strtoul(listening->substr(listening->rfind(':') + 1).c_str(), nullptr, 10);

  std::string told;
  for (const demo::Phone& phone : phones_) told += phone.number + "," + phone.imsi + "\n";
  auto handsets = Child::start(
      io_.program,
      {"simulate", "handset", "--port", std::to_string(port), "--expect", "document.xml"},
      {folder, folder + "/handsets.err", told});
  wipe(std::as_writable_bytes(std::span(told)));
  if (!handsets) return fail(std::move(handsets).error());
  handsets_.emplace(std::move(*handsets));

  if (auto done = signer::Keyring::create(folder + "/keyring", io_.random); !done) return done;
  config_ = folder + "/cpgw.toml";
  if (auto done =
          write_file(config_, demo::settings_text(static_cast<std::uint16_t>(port), password));
      !done)
    return done;
  if (::chmod(config_.c_str(), 0600) != 0)
    return fail(Errc::io, config_ + ": cannot be made readable by its owner alone");
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
  SteadyTime last_change = io_.clock.steady();
  while (settled < phones_.size()) {
    if (g_interrupted != 0) return stopped();
    auto page =
        ask({{"op", "events"}, {"after", after}, {"credit", 1000}, {"wait_ms", 1000}}, true);
    if (!page) return fail(std::move(page).error());
    for (const auto& item : page->at("events").as_array()) {
      const auto& event = item.as_object();
      after = number_of(event, "sequence");
      const std::string kind = text_of(event, "kind");
      if (kind == "delivered") {
        ++verdict.delivered;
        verdict.parts += number_of(event, "parts");
      }
      if (kind == "failed" || kind == "expired" || kind == "cancelled") ++verdict.failed;
      if (kind == "resent") ++verdict.possible_duplicates;
      if (first_job_.empty() && kind == "sent" &&
          text_of(event, "number") == phones_.front().number)
        first_job_ = text_of(event, "job");
      if (!first_job_.empty() && text_of(event, "job") == first_job_)
        first_events_.emplace_back(kind, text_of(event, "at"));
      last_change = io_.clock.steady();
    }
    settled = verdict.delivered + verdict.failed;
    progress.show(settled, std::to_string(verdict.delivered) + " delivered, " +
                               std::to_string(verdict.failed) + " failed");
    if (io_.clock.steady() - last_change > kStallPatience) break;
  }
  progress.done();
  return {};
}

Result<void> Demo::collect(demo::Verdict& verdict) {
  if (!first_job_.empty()) {
    auto job = ask({{"op", "job.show"}, {"id", first_job_}});
    if (!job) return fail(std::move(job).error());
    auto text =
        demo::walk_through(xml_, phones_.front(), job->at("job").as_object(), first_events_);
    if (!text) return fail(std::move(text).error());
    walk = std::move(*text);
  }
  client_.reset();
  auto gateway = gateway_->stop(io_.clock, kStopPatience);
  if (!gateway) return fail(std::move(gateway).error());
  auto handsets = handsets_->stop(io_.clock, kStopPatience);
  if (!handsets) return fail(std::move(handsets).error());
  auto smsc = smsc_->stop(io_.clock, kStopPatience);
  if (!smsc) return fail(std::move(smsc).error());
  const std::string last =
      handsets->substr(handsets->rfind('{') == std::string::npos ? 0 : handsets->find('{'));
  boost::json::error_code problem;
  const boost::json::value summary = boost::json::parse(last, problem);
  if (problem || !summary.is_object()) return fail(Errc::io, "the handsets gave no verdict");
  verdict.verified = number_of(summary.as_object(), "verified");
  verdict.failed += number_of(summary.as_object(), "failed");
  verdict.possible_duplicates =
      std::max(verdict.possible_duplicates, number_of(summary.as_object(), "duplicates"));
  verdict.lost = verdict.accepted - std::min(verdict.accepted, verdict.verified + verdict.failed);
  return {};
}

Result<demo::Verdict> Demo::run() {
  auto xml = provider_xml(command_);
  if (!xml) return fail(std::move(xml).error());
  xml_ = std::move(*xml);
  phones_ = demo::draw_phones(command_.subscribers, command_.seed, io_.random);
  auto folder = Folder::make(command_.keep);
  if (!folder) return fail(std::move(folder).error());
  demo::Verdict verdict;
  const auto work = [&]() -> Result<void> {
    if (auto done = write_file(folder->file("document.xml"), xml_); !done) return done;
    if (auto done = start(folder->path()); !done) return done;
    const SteadyTime begin = io_.clock.steady();
    if (auto done = campaign(); !done) return done;
    verdict.accepted = phones_.size();
    if (auto done = follow(verdict); !done) return done;
    verdict.seconds = std::chrono::duration<double>(io_.clock.steady() - begin).count();
    verdict.documents_per_second =
        verdict.seconds > 0 ? static_cast<double>(verdict.delivered) / verdict.seconds : 0;
    return collect(verdict);
  };
  auto done = work();
  client_.reset();
  gateway_.reset();
  handsets_.reset();
  smsc_.reset();
  if (done) return verdict;
  if (g_interrupted == 0) {
    folder->keep();
    done.error().message += "; logs are kept in " + folder->path();
  }
  return fail(std::move(done).error());
}

}  // namespace

int run(const DemoCommand& command, Io& io) {
  const Interruptible interruptible;
  Demo demo(command, io);
  auto verdict = demo.run();
  if (g_interrupted != 0) {
    io.err << "cpgw: interrupted; everything the demo started has ended\n";
    return 128 + g_interrupted;
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
