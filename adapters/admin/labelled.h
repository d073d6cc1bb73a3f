// Labelled: a family of Prometheus metrics with the names of its labels. A metric that was used
// before is found by its values without allocating, copying or locking.
//
// Used by: telemetry. The family keeps what was used for ever, so that the values of a label have
// to be few.
// Thread-safety: none; the family itself may be collected from any thread.

#ifndef PAYOUT_ADAPTERS_ADMIN_LABELLED_H_
#define PAYOUT_ADAPTERS_ADMIN_LABELLED_H_

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <prometheus/family.h>
#include <prometheus/histogram.h>

#include "absl/container/flat_hash_map.h"

namespace payout {

template <class Metric>
class Labelled {
 public:
  // `buckets`: of histograms only.
  Labelled(prometheus::Family<Metric>& family, std::vector<std::string> names,
           prometheus::Histogram::BucketBoundaries buckets = {})
      : family_(family), names_(std::move(names)), buckets_(std::move(buckets)) {}

  // One value per name, in their order.
  Metric& Of(std::initializer_list<std::string_view> values) {
    key_.clear();
    for (const std::string_view value : values) {
      key_ += value;
      key_ += '\xFF';  // in no UTF-8 text
    }
    const auto found = used_.find(key_);
    if (found != used_.end()) return *found->second;
    Metric& metric = Add(values);
    used_.emplace(key_, &metric);
    return metric;
  }

 private:
  Metric& Add(std::initializer_list<std::string_view> values) {
    std::map<std::string, std::string> labels;
    auto name = names_.begin();
    for (const std::string_view value : values) labels.emplace(*name++, value);
    if constexpr (std::is_same_v<Metric, prometheus::Histogram>) {
      return family_.Add(labels, buckets_);
    } else {
      return family_.Add(labels);
    }
  }

  prometheus::Family<Metric>& family_;
  const std::vector<std::string> names_;
  const prometheus::Histogram::BucketBoundaries buckets_;
  absl::flat_hash_map<std::string, Metric*> used_;
  std::string key_;  // of Of, kept for its memory
};

}  // namespace payout

#endif  // PAYOUT_ADAPTERS_ADMIN_LABELLED_H_
