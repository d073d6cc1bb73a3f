// The statements of ReadOps::List, made to fit the filters that are set.
//
// Used by: read_ops.cc; tests explain their plans.
// A list runs in parts, one per state when states are asked for: each walks an index backwards and
// stops after `limit`, which one statement over several states could not.

#ifndef PAYOUT_ADAPTERS_SQLITE_LIST_SQL_H_
#define PAYOUT_ADAPTERS_SQLITE_LIST_SQL_H_

#include <optional>
#include <string>
#include <vector>

#include "adapters/sqlite/database.h"
#include "server/app/ports/payout_store.h"

namespace payout::sqlite {

struct ListPart {
  std::string sql;             // yields sequences, newest first
  std::optional<State> state;  // the part's only state
};

std::vector<ListPart> ListParts(const ListQuery& query);
void BindList(const ListQuery& query, const ListPart& part, Query& run);

}  // namespace payout::sqlite

#endif  // PAYOUT_ADAPTERS_SQLITE_LIST_SQL_H_
