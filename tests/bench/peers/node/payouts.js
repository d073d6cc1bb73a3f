// Translates between the gRPC messages and the platform's JSON, in both directions. No I/O.
'use strict';
const { status } = require('@grpc/grpc-js');

// What a caller is told for the platform's HTTP status; 5xx and the rest are UNAVAILABLE.
const CODES = {
  400: status.INVALID_ARGUMENT,
  401: status.UNAUTHENTICATED,
  403: status.PERMISSION_DENIED,
  404: status.INTERNAL, // a wrong URL or no version header: our bug, not a payout that is missing
  406: status.FAILED_PRECONDITION,
  409: status.ALREADY_EXISTS,
  410: status.NOT_FOUND,
  429: status.RESOURCE_EXHAUSTED,
};
const STATES = {
  PROCESSING: 'PAYOUT_STATE_PROCESSING',
  SUCCESS: 'PAYOUT_STATE_SUCCEEDED',
  FAILED: 'PAYOUT_STATE_FAILED',
  REFUSED: 'PAYOUT_STATE_REFUSED',
};
const METHODS = {
  bankTransfer: 'BANK_TRANSFER',
  cryptoTransfer: 'CRYPTO_TRANSFER',
  walletTransfer: 'WALLET_TRANSFER',
};

class CallError extends Error {
  constructor(code, details) {
    super(details);
    this.code = code;
    this.details = details;
  }
}

// JSON.stringify leaves out what is undefined; proto3 has "" where nothing was given.
const given = (text) => text || undefined;

function checkedId(id) {
  if (!/^[A-Za-z0-9_-]{1,250}$/.test(id)) throw new CallError(status.INVALID_ARGUMENT, 'payout_id is malformed');
  return id;
}

function customerHeader(id) {
  if (!id) return {};
  if (!/^[\x21-\x7e]{1,255}$/.test(id)) throw new CallError(status.INVALID_ARGUMENT, 'customer_id is malformed');
  return { 'Id-Customer': id };
}

function methodBody(request) {
  const from = request[request.method];
  const common = {
    paymentMethodCode: METHODS[request.method],
    paymentOperatorCode: given(from.paymentOperatorCode),
    remark: given(from.remark),
  };
  if (request.method === 'cryptoTransfer') return { ...common, account: { accountNumber: from.accountNumber } };
  const account = { accountName: given(from.accountName), accountNumber: given(from.accountNumber) };
  if (request.method === 'walletTransfer') return { ...common, account, phoneNumber: given(from.phoneNumber) };
  for (const name of ['accountType', 'bankCode', 'bankName', 'bankBranch', 'bankCity', 'bankProvince']) {
    account[name] = given(from[name]);
  }
  return { ...common, account, emailAddress: given(from.emailAddress) };
}

function createBody(request) {
  const { amount, currencyCode } = request.money ?? {};
  if (!/^[0-9]+(\.[0-9]+)?$/.test(amount ?? '')) {
    throw new CallError(status.INVALID_ARGUMENT, 'money.amount is missing or malformed');
  }
  if (!request.method) throw new CallError(status.INVALID_ARGUMENT, 'a payment method is required');
  return {
    paymentRequested: {
      money: { amount: Number(amount), currencyCode },
      segmentCode: given(request.segmentCode),
      exchangedToCurrency: given(request.exchangedToCurrency),
    },
    paymentMethod: methodBody(request),
    customerIp: given(request.customerIp),
  };
}

function masked(account) {
  const shown = account.length < 9 ? '' : account.slice(-4);
  return '*'.repeat(account.length - shown.length) + shown;
}

// Of a 201: what was asked for, and the platform's references.
function createdPayout(request, answer) {
  const from = request[request.method];
  return {
    payoutId: request.payoutId,
    merchant: request.merchant,
    money: request.money,
    destination: {
      method: `PAYOUT_METHOD_${METHODS[request.method]}`,
      maskedAccount: masked(from.accountNumber),
      paymentOperatorCode: from.paymentOperatorCode,
    },
    state: 'PAYOUT_STATE_PROCESSING',
    platformReference: answer.paymentMethodResponse.idPayment,
    transactionReference: answer.paymentMethodResponse.reference,
    labels: request.labels,
    segmentCode: request.segmentCode,
    exchangedToCurrency: request.exchangedToCurrency,
  };
}

function timestamp(text) {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : { seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1e6 };
}

const money = (from) => from && { amount: String(from.amount), currencyCode: from.currencyCode };

// Of a 200: what the platform tells. It does not tell the account.
function readPayout(request, { paymentRequested, process, fee, paymentMethodResponse }) {
  const failure = process.failureReasons;
  return {
    payoutId: request.payoutId,
    merchant: request.merchant,
    money: money(paymentRequested.money),
    destination: { method: `PAYOUT_METHOD_${paymentMethodResponse.paymentMethodCode}` },
    state: STATES[process.status] ?? 'PAYOUT_STATE_OUTCOME_UNKNOWN',
    reasons: failure
      ? [{ code: failure.failureReasonCode, message: failure.message, failedTime: timestamp(failure.failedAt) }]
      : [],
    platformReference: paymentMethodResponse.idPayment,
    transactionReference: paymentMethodResponse.reference,
    platformStatus: process.status,
    processorStatus: process.processorStatus,
    fee: money(fee),
    isTest: process.isTest,
    platformCreateTime: timestamp(process.createdAt),
    platformProcessTime: timestamp(process.processedAt),
    segmentCode: paymentRequested.segmentCode,
    exchangedToCurrency: paymentRequested.exchangedToCurrency,
  };
}

// 406 is a list of codes; the others are an object with a description at most.
function refusal(httpStatus, body) {
  const told = Array.isArray(body) ? body.map((reason) => reason.code).join(', ') : body?.description;
  return new CallError(CODES[httpStatus] ?? status.UNAVAILABLE, `the platform answered ${httpStatus}: ${told ?? ''}`);
}

module.exports = { CallError, checkedId, customerHeader, createBody, createdPayout, readPayout, refusal };
