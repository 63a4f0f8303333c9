#include "base/io_threads.h"

#include <pthread.h>

namespace freshet {

IoThreads::IoThreads(std::size_t count) {
  contexts_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    contexts_.push_back(std::make_unique<boost::asio::io_context>(1));
    work_.emplace_back(contexts_.back()->get_executor());
    threads_.emplace_back([context = contexts_.back().get(), i] {
      pthread_setname_np(pthread_self(), ("io-" + std::to_string(i)).c_str());
      context->run();
    });
  }
}

IoThreads::~IoThreads() {
  work_.clear();
  for (auto& context : contexts_) context->stop();
  for (auto& thread : threads_) thread.join();
}

}  // namespace freshet
