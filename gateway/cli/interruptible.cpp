#include "gateway/cli/interruptible.h"

namespace cpgw::gateway::cli {
namespace {

volatile std::sig_atomic_t g_signal = 0;
void note(int signal_number) { g_signal = signal_number; }

}  // namespace

int interrupted() { return g_signal; }

Interruptible::Interruptible() {
  g_signal = 0;
  struct sigaction noted = {}, ignored = {};
  noted.sa_handler = note;
  ignored.sa_handler = SIG_IGN;
  sigaction(SIGINT, &noted, &old_int_);
  sigaction(SIGTERM, &noted, &old_term_);
  sigaction(SIGPIPE, &ignored, &old_pipe_);
}

Interruptible::~Interruptible() {
  sigaction(SIGINT, &old_int_, nullptr);
  sigaction(SIGTERM, &old_term_, nullptr);
  sigaction(SIGPIPE, &old_pipe_, nullptr);
}

}  // namespace cpgw::gateway::cli
