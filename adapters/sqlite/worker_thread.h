// Threads of the store: they leave signals to the program's main thread.
//
// Used by: group_commit, read_thread, checkpointer.

#ifndef PAYOUT_ADAPTERS_SQLITE_WORKER_THREAD_H_
#define PAYOUT_ADAPTERS_SQLITE_WORKER_THREAD_H_

#include <thread>
#include <utility>

#include <pthread.h>
#include <signal.h>

namespace payout::sqlite {

template <class Work>
std::thread StartWorker(Work work) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);  // The new thread inherits it.
  std::thread thread(std::move(work));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace payout::sqlite

#endif  // PAYOUT_ADAPTERS_SQLITE_WORKER_THREAD_H_
