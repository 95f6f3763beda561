// cpgw new si, sl, co, emn: the small push documents from options.
#include <algorithm>
#include <array>
#include <ostream>
#include <span>

#include "gateway/cli/commands.h"
#include "gateway/cli/new_document.h"
#include "gateway/cli/option_values.h"
#include "gateway/cli/usage.h"
#include "si_sl/contents_notices.h"

namespace cpgw::gateway::cli {
namespace {

constexpr OptionOfField kSiOptions[] = {
    {"href", "--href"},          {"text", "--text"},   {"created", "--created"}, {"si-id", "--id"},
    {"si-expires", "--expires"}, {"class", "--class"}, {"item", "--class"}};
constexpr OptionOfField kSlOptions[] = {{"href", "--href"}};
constexpr OptionOfField kCoOptions[] = {{"invalidate-object", "--object"},
                                        {"invalidate-service", "--service"}};
constexpr OptionOfField kEmnOptions[] = {{"mailbox", "--mailbox"}, {"timestamp", "--timestamp"}};

/// The action of that name; the grammar takes no other.
template <class Action, std::size_t N>
std::optional<Action> action_of(const std::string& name,
                                const std::pair<std::string_view, Action> (&actions)[N]) {
  const auto* const found =
      std::ranges::find(actions, name, &std::pair<std::string_view, Action>::first);
  return found == std::end(actions) ? std::nullopt : std::optional(found->second);
}

using SiAction = si_sl::ServiceIndication::Action;
constexpr std::pair<std::string_view, SiAction> kSiActions[] = {
    {"signal-none", SiAction::signal_none},
    {"signal-low", SiAction::signal_low},
    {"signal-medium", SiAction::signal_medium},
    {"signal-high", SiAction::signal_high},
    {"delete", SiAction::erase}};
using SlAction = si_sl::ServiceLoading::Action;
constexpr std::pair<std::string_view, SlAction> kSlActions[] = {
    {"execute-low", SlAction::execute_low},
    {"execute-high", SlAction::execute_high},
    {"cache", SlAction::cache}};

}  // namespace

Error named_by_option(Error error, std::span<const OptionOfField> options) {
  const auto found = std::ranges::find(options, error.at.field, &OptionOfField::field);
  if (found == options.end()) return error;
  if (found->in_file) {
    error.at.field = found->option;
    return error;
  }
  return {CliErrc::usage, std::move(error.message), at_field(std::string(found->option))};
}

int print_document(Io& io, const Result<wbxml::Document>& document,
                   std::span<const OptionOfField> options) {
  if (!document) return complain(io, named_by_option(document.error(), options));
  io.out << wbxml::write_xml(*document);
  return io.out.good() ? kDone : kMalformed;
}

int run(const NewSiCommand& command, Io& io) {
  if (command.href.empty() && command.text.empty() && command.action != "delete") {
    io.err << "cpgw: error: neither --href nor --text: nothing to indicate\n";
    return kUsage;
  }
  const auto created = time_of(command.created, "--created");
  if (!created) return complain(io, created.error());
  const auto expires = time_of(command.expires, "--expires");
  if (!expires) return complain(io, expires.error());
  si_sl::ServiceIndication si{.href = command.href,
                              .text = command.text,
                              .action = action_of(command.action, kSiActions),
                              .created = *created,
                              .si_expires = *expires,
                              .si_id = command.id};
  for (const std::string& item : command.items) {
    const std::size_t at = item.find('=');
    if (at == std::string::npos || at == 0) {
      return complain(io, Error(CliErrc::usage, "expected name=text", at_field("--class")));
    }
    si.info.push_back({item.substr(0, at), item.substr(at + 1)});
  }
  return print_document(io, document_of(si), kSiOptions);
}

int run(const NewSlCommand& command, Io& io) {
  return print_document(
      io, document_of(si_sl::ServiceLoading{command.href, action_of(command.action, kSlActions)}),
      kSlOptions);
}

int run(const NewCoCommand& command, Io& io) {
  if (command.objects.empty() && command.services.empty()) {
    io.err << "cpgw: error: neither --object nor --service: nothing to invalidate\n";
    return kUsage;
  }
  return print_document(io, document_of(si_sl::CacheOperation{command.objects, command.services}),
                        kCoOptions);
}

int run(const NewEmnCommand& command, Io& io) {
  const auto timestamp = time_of(command.timestamp, "--timestamp");
  if (!timestamp) return complain(io, timestamp.error());
  return print_document(io, document_of(si_sl::EmailNotification{command.mailbox, *timestamp}),
                        kEmnOptions);
}

}  // namespace cpgw::gateway::cli
