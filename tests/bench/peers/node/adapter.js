// A plain adapter: PayoutService.CreatePayout and GetPayout over the platform's REST calls; nothing is stored.
// The README beside says what it is for and what it leaves out.
//
//   node adapter.js --listen 127.0.0.1:PORT --platform http://127.0.0.1:PORT --username U --password P
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const grpc = require('@grpc/grpc-js');
const protoLoader = require('@grpc/proto-loader');
const { Pool } = require('undici');
const {
  CallError, checkedId, customerHeader, createBody, createdPayout, readPayout, refusal,
} = require('./payouts');

const TIMEOUT_MS = 10_000;
const TIMEOUTS = ['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_CONNECT_TIMEOUT'];
const PROTO = path.join(__dirname, '../../../../proto');

const text = { type: 'string' };
const { values: options } = parseArgs({ options: { listen: text, platform: text, username: text, password: text } });
for (const name of ['listen', 'platform', 'username', 'password']) {
  if (!options[name]) {
    console.error(`adapter.js: --${name} is missing`);
    process.exit(2);
  }
}

const pool = new Pool(options.platform, {
  connections: 256,
  connect: { timeout: TIMEOUT_MS },
  headersTimeout: TIMEOUT_MS,
  bodyTimeout: TIMEOUT_MS,
});

async function rest(method, target, headers, body) {
  const answer = await pool.request({
    method,
    path: target,
    headers: { 'X-API-Version': '2', Accept: 'application/json', 'Content-Type': 'application/json', ...headers },
    body: body && JSON.stringify(body),
  });
  const json = await answer.body.json().catch((error) => {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  });
  if (answer.statusCode >= 300 || json === undefined) throw refusal(answer.statusCode, json);
  return json;
}

// A token is good for one operation, so every call fetches its own.
async function withToken(method, target, headers, body) {
  const { token } = await rest('POST', '/auth-tokens', {}, {
    merchantCode: options.username,
    secret: options.password,
    validitySecs: 600,
    operations: [`${method} ${target}`],
  });
  return rest(method, target, { Authorization: `Bearer ${token}`, ...headers }, body);
}

async function createPayout({ request }) {
  if (request.validateOnly) throw new CallError(grpc.status.UNIMPLEMENTED, 'validate_only is not supported');
  const target = `/payouts/${checkedId(request.payoutId)}`;
  const answer = await withToken('POST', target, customerHeader(request.customerId), createBody(request));
  return { payout: createdPayout(request, answer) };
}

async function getPayout({ request }) {
  const answer = await withToken('GET', `/payouts/${checkedId(request.payoutId)}`);
  return { payout: readPayout(request, answer) };
}

function toCallError(error) {
  if (error instanceof CallError) return error;
  if (TIMEOUTS.includes(error.code)) {
    return new CallError(grpc.status.DEADLINE_EXCEEDED, 'the platform did not answer in time');
  }
  if (error.code) return new CallError(grpc.status.UNAVAILABLE, `the platform cannot be reached: ${error.code}`);
  console.error(error);
  return new CallError(grpc.status.INTERNAL, 'internal error');
}

const unary = (handler) => (call, callback) =>
  handler(call).then((answer) => callback(null, answer), (error) => callback(toCallError(error)));

const definition = protoLoader.loadSync('payout/v1/payout_service.proto', {
  includeDirs: [PROTO],
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
});
const server = new grpc.Server();
server.addService(grpc.loadPackageDefinition(definition).payout.v1.PayoutService.service, {
  createPayout: unary(createPayout),
  getPayout: unary(getPayout),
});

function stop() {
  setTimeout(() => process.exit(0), 5000).unref();
  server.tryShutdown(() => process.exit(0));
}

// Ends with whoever started it: SIGTERM, another parent, or the end of a pipe on stdin.
function watchStarter() {
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || stop(), 1000).unref();
  if (fs.fstatSync(0).isFIFO()) process.stdin.on('end', stop).resume();
}

server.bindAsync(options.listen, grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) {
    console.error(`adapter.js: ${error.message}`);
    process.exit(1);
  }
  watchStarter();
  console.log(`ready ${port}`);
});
