// gRPC's own log lines, through ours: one format on stderr, and a scanner on the port cannot flood
// it.
//
// Used by: main, before the first gRPC object exists. Process-wide.

#ifndef PAYOUT_SERVER_RPC_GRPC_LOG_H_
#define PAYOUT_SERVER_RPC_GRPC_LOG_H_

namespace payout {

// gRPC logs what strangers send as errors; here it is for those who look for it (level debug).
void RouteGrpcLog();

}  // namespace payout

#endif  // PAYOUT_SERVER_RPC_GRPC_LOG_H_
