// The command line's grammar: everything that needs a gateway or is one, and what is said of
// mistakes.
#include <algorithm>
#include <ostream>

#include "gateway/cli/grammar.h"

namespace cpgw::gateway::cli {

Grammar::Grammar() {
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("cpgw ") + CPGW_VERSION);
  app.set_help_all_flag("--help-all", "Help of every command");
  app.footer(
      "\nExit status: 0 done, 1 the answer is no, 2 wrong usage, 3 input unreadable or malformed, "
      "4 gateway or peer not reached\n"
      "Example:\n  cpgw demo --subscribers 10");
  gateway_process();
  encoding();
  decoding();
  linting();
  verifying();
  documents();
  sending();
  looking();
  simulators_();
}

void Grammar::gateway_process() {
  CLI::App* init = command(app, "init", "Write starter settings, a keyring and the data folder",
                           "cpgw init --directory .");
  init->add_option("--directory", init_.directory, "where to (default: here)");
  choose(init, init_);
  CLI::App* serve = command(app, "serve", "Run the gateway", "cpgw serve --config cpgw.toml");
  serve->add_option("--config", serve_.config,
                    "settings file (else CPGW_CONFIG, ./cpgw.toml, /etc/cpgw/cpgw.toml)");
  choose(serve, serve_);
  CLI::App* demo = command(
      app, "demo", "Gateway, message centre and handsets on loopback, a real campaign, a verdict",
      "cpgw demo --subscribers 10");
  demo->add_option("--subscribers", demo_.subscribers, "phones with random IMSIs")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  demo->add_option("--provider", demo_.provider,
                   "whose settings: cc/NAME[#n] (default: a fixed one)");
  demo->add_option("--providers-file", demo_.providers_file,
                   "the provider database, where it is not in its usual place");
  demo->add_option("--keep", demo_.keep, "folder that keeps settings, store and logs afterwards");
  demo->add_option("--receipts", demo_.receipts,
                   "ask the message centre for receipts of all parts, the last, or none")
      ->check(CLI::IsMember({"all", "last", "none"}))
      ->capture_default_str();
  demo->add_option("--seed", demo_.seed, "same seed, same phones");
  demo->add_flag("--json", demo_.json, "one JSON document");
  choose(demo, demo_);
}

void Grammar::sending() {
  CLI::App* send =
      command(app, "send", "One push through the running gateway",
              "cpgw send settings.xml --to +358401234567 --sec userpin --pin 12345678");
  gateway_options(send, send_.gateway);
  content_options(send, "file", send_.content);
  send->add_option("--to", send_.to, "the phone's number")->required();
  security_options(send, send_.security);
  secret_options(send, send_.security);
  slot_options(send, send_.slots, true);
  job_options(send, send_.expires_in, send_.priority);
  send->add_option("--key", send_.key, "the same key never sends twice");
  choose(send, send_);

  CLI::App* import = group("import", "Real data in", "cpgw import providers --out documents");
  CLI::App* providers =
      command(*import, "providers",
              "One provisioning document per provider of mobile-broadband-provider-info",
              "cpgw import providers --out documents");
  providers->add_option("file", providers_.file,
                        "serviceproviders.xml (default: where the Debian package puts it)");
  providers->add_option("--out", providers_.out,
                        "folder for the documents; left out: only the report");
  providers->add_option("--provider", providers_.provider, "only this one: cc/NAME[#n]");
  providers->add_flag("--json", providers_.json, "one JSON document");
  choose(providers, providers_);
  CLI::App* recipients =
      command(*import, "recipients",
              "Recipients of a campaign from CSV: number, imsi, pin and one column per slot",
              "cpgw import recipients people.csv --campaign spring");
  gateway_options(recipients, recipients_.gateway);
  recipients->add_option("file", recipients_.file, "CSV with a header row, - for standard input")
      ->required();
  recipients->add_option("--campaign", recipients_.campaign, "campaign they belong to")->required();
  recipients->add_option("--name", recipients_.name,
                         "name of the import (default: the file's name)");
  recipients->add_option("--rejects", recipients_.rejects,
                         "where bad rows go (default: FILE.rejected.csv)");
  choose(recipients, recipients_);

  CLI::App* campaign = group("campaign", "One document to many", "cpgw campaign list");
  const std::pair<const char*, const char*> verbs[] = {
      {"new", "Make a campaign from a document"},
      {"start", "Let a new campaign run"},
      {"pause", "Hand out no more of it"},
      {"resume", "Go on after a pause"},
      {"cancel", "End it for good; what is on its way goes on"},
      {"status", "Its state and counts"},
      {"watch", "Its counts until it is finished"},
      {"list", "Every campaign"}};
  for (const auto& [verb, text] : verbs) {
    CampaignCommand& options = campaigns_[verb];
    options.verb = verb;
    const bool is_new = options.verb == "new";
    const bool is_list = options.verb == "list";
    CLI::App* sub = command(*campaign, verb, text,
                            is_new ? "cpgw campaign new spring --content settings.xml --sec netwpin"
                            : is_list ? "cpgw campaign list"
                                      : std::string("cpgw campaign ") + verb + " spring");
    gateway_options(sub, options.gateway);
    if (!is_list) sub->add_option("name", options.name, "campaign")->required();
    if (is_new) {
      content_options(sub, "--content", options.content);
      security_options(sub, options.security);
      slot_options(sub, options.slots, false);
      job_options(sub, options.expires_in, options.priority);
    }
    choose(sub, options);
  }
}

void Grammar::looking() {
  CLI::App* job = group("job", "One push to one phone", "cpgw job list --campaign spring");
  const std::pair<const char*, const char*> verbs[] = {
      {"show", "What became of it"},
      {"list", "Jobs by campaign, number or state"},
      {"cancel", "Do not send it"},
      {"code", "What the user of a USERPINMAC push types"}};
  for (const auto& [verb, text] : verbs) {
    JobCommand& options = jobs_[verb];
    options.verb = verb;
    const bool is_list = options.verb == "list";
    CLI::App* sub = command(*job, verb, text,
                            is_list ? "cpgw job list --campaign spring --state failed"
                                    : std::string("cpgw job ") + verb + " 123456789");
    gateway_options(sub, options.gateway);
    if (is_list) {
      sub->add_option("--campaign", options.campaign, "only of this campaign");
      sub->add_option("--number", options.number, "only to this number");
      sub->add_option("--state", options.state, "only in this state")
          ->check(CLI::IsMember({"waiting", "held", "claimed", "in_doubt", "sent", "delivered",
                                 "failed", "expired", "cancelled"}));
      sub->add_option("--after", options.after, "go on after this id");
      sub->add_option("--limit", options.limit, "at most so many")
          ->check(CLI::Range(1, 1000))
          ->capture_default_str();
    } else {
      sub->add_option("id", options.id, "the job's id")->required();
    }
    choose(sub, options);
  }
  CLI::App* subscriber =
      command(app, "subscriber", "Everything sent to one number", "cpgw subscriber +358401234567");
  gateway_options(subscriber, subscriber_.gateway);
  subscriber->add_option("number", subscriber_.number, "the phone's number")->required();
  choose(subscriber, subscriber_);

  CLI::App* carrier = group("carrier", "Roads to operators", "cpgw carrier list");
  CLI::App* list =
      command(*carrier, "list", "Every link with its state and counts", "cpgw carrier list");
  gateway_options(list, carrier_.gateway, false);
  choose(list, carrier_);

  CLI::App* config = group("config", "The settings file", "cpgw config check");
  for (const char* verb : {"check", "reload"}) {
    ConfigCommand& options = configs_[verb];
    options.verb = verb;
    CLI::App* sub = command(*config, verb,
                            options.verb == "check" ? "Every mistake with its line"
                                                    : "Apply the changed file, whole or not at all",
                            std::string("cpgw config ") + verb);
    gateway_options(sub, options.gateway, false);
    choose(sub, options);
  }
  CLI::App* store = group("store", "The durable store", "cpgw store stats");
  for (const char* verb : {"check", "stats"}) {
    StoreCommand& options = stores_[verb];
    options.verb = verb;
    CLI::App* sub =
        command(*store, verb,
                options.verb == "check" ? "Read everything and cross-check it (gateway stopped)"
                                        : "Counts and size",
                std::string("cpgw store ") + verb);
    gateway_options(sub, options.gateway, false);
    choose(sub, options);
  }
}

void Grammar::simulators_() {
  CLI::App* simulate = group("simulate", "Peers for trying things out, on loopback",
                             "cpgw simulate smsc --port 2775");
  CLI::App* smsc = command(*simulate, "smsc", "A message centre speaking SMPP 3.4",
                           "cpgw simulate smsc --port 2775");
  smsc->add_option("--bind", smsc_.bind, "address to listen on")->capture_default_str();
  smsc->add_option("--port", smsc_.port, "0 = a free one; the first line says which")
      ->capture_default_str();
  smsc->add_option("--system-id", smsc_.system_id, "the only bind accepted (default: any)");
  smsc->add_option("--password", smsc_.password, "of that bind");
  smsc->add_option("--delay-ms", smsc_.delay_ms, "answer a submit_sm this much later")
      ->check(CLI::Range(0.0, 600000.0));
  smsc->add_option("--throttle-rate", smsc_.throttle_rate, "share refused with ESME_RTHROTTLED")
      ->check(CLI::Range(0.0, 1.0));
  smsc->add_option("--max-rate", smsc_.max_rate, "ESME_RTHROTTLED above so many in a second");
  smsc->add_option("--error-rate", smsc_.error_rate, "share refused with --error-status")
      ->check(CLI::Range(0.0, 1.0));
  smsc->add_option("--error-status", smsc_.error_status, "command_status, decimal or 0x…");
  smsc->add_option("--drop-every", smsc_.drop_every,
                   "close the connection at every so many submit_sm");
  smsc->add_flag("--drop-before-resp", smsc_.drop_before_resp, "... without answering that one");
  smsc->add_option("--dlr-ms", smsc_.dlr_ms,
                   "a receipt comes this much after the phone took the message");
  smsc->add_option("--dlr-fail-rate", smsc_.dlr_fail_rate, "share of receipts that say UNDELIV")
      ->check(CLI::Range(0.0, 1.0));
  smsc->add_flag("--wait-for-phone", smsc_.wait_for_phone, "keep messages until a phone is bound");
  smsc->add_option("--record", smsc_.record, "file: one JSON line per submit_sm");
  smsc->add_flag("--hex-id", smsc_.hex_id, "message ids in hexadecimal");
  smsc->add_option("--first-id", smsc_.first_id, "first message id (default: from the clock)");
  smsc->add_option("--seed", smsc_.seed, "of the shares above");
  smsc->add_option("--stats-file", smsc_.stats_file, "counts, written at the end and at SIGUSR1");
  choose(smsc, smsc_);
  CLI::App* handset = command(
      *simulate, "handset", "Phones that take pushes from the message centre and check them",
      "cpgw simulate handset --port 2775 --phones phones.csv --expect settings.xml");
  handset->add_option("--host", handset_.host, "message centre")->capture_default_str();
  handset->add_option("--port", handset_.port, "its port")->capture_default_str();
  handset->add_option("--system-id", handset_.system_id, "bind as")->capture_default_str();
  handset->add_option("--password", handset_.password, "bind with");
  handset->add_option("--address-prefix", handset_.address_prefix,
                      "only messages to numbers that begin so");
  handset->add_option("--phones", handset_.phones, "lines number,imsi[,pin]; - for standard input")
      ->capture_default_str();
  handset->add_option("--expect", handset_.expect, "XML file: the document every phone must get");
  handset->add_flag("--allow-unsigned", handset_.allow_unsigned, "take pushes without SEC");
  handset->add_option("--exit-after", handset_.exit_after,
                      "leave when so many phones have verified");
  handset->add_option("--report-fd", handset_.report_fd,
                      "descriptor for JSON lines, one per verdict");
  handset->add_flag("--progress", handset_.progress, "lines for people on standard error");
  choose(handset, handset_);
}

namespace {

/// The words nobody takes; of those that may be a secret in the wrong place only that there is one:
/// a long number, and what follows an option that is none.
std::string unexpected(const CLI::App& app) {
  std::string text;
  bool after_option = false;
  for (const std::string& word : app.remaining(true)) {
    const bool option = word.starts_with('-');
    const std::string name = option ? word.substr(0, word.find('=')) : word;
    const auto digits = std::ranges::count_if(name, [](char c) { return c >= '0' && c <= '9'; });
    text += text.empty() ? "" : " ";
    text += digits >= 4 ? "(a number)" : !option && after_option ? "(a value)" : printable(name);
    after_option = option;
  }
  return text;
}

/// The first word that stands where a command belongs and is none, with the commands there are;
/// empty when that is not it.
std::string unknown_command(const CLI::App& top, const std::vector<std::string>& arguments) {
  const CLI::App* app = &top;
  for (const std::string& word : arguments) {
    const auto commands = app->get_subcommands([](const CLI::App*) { return true; });
    if (word.starts_with('-') || commands.empty()) return {};
    const auto found =
        std::ranges::find_if(commands, [&](const CLI::App* c) { return c->get_name() == word; });
    if (found != commands.end()) {
      app = *found;
      continue;
    }
    const bool long_number =
        std::ranges::count_if(word, [](char c) { return c >= '0' && c <= '9'; }) >= 4;
    std::string text =
        "no such command: " + (long_number ? std::string("(a number)") : printable(word)) +
        "; there are:";
    for (const CLI::App* c : commands) text += " " + c->get_name();
    return text;
  }
  return {};
}

}  // namespace

std::variant<Command, Exit> parse_command(const std::vector<std::string>& arguments, Io& io) {
  Grammar grammar;
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    grammar.app.parse(std::move(reversed));
  } catch (const CLI::ExtrasError&) {
    io.err << "not expected: " << unexpected(grammar.app)
           << "\nRun with --help for more information.\n";
    return kUsage;
  } catch (const CLI::ParseError& stop) {
    if (const std::string why = unknown_command(grammar.app, arguments); !why.empty()) {
      io.err << why << "\nRun with --help for more information.\n";
      return kUsage;
    }
    const bool asked = stop.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success);
    grammar.app.exit(stop, io.out, io.err);
    return asked ? kDone : kUsage;
  }
  return std::move(*grammar.chosen);
}

}  // namespace cpgw::gateway::cli
