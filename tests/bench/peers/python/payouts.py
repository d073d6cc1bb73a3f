"""Translates between the gRPC messages and the platform's JSON, in both directions. No I/O."""
import datetime
import re

from grpc import StatusCode

from payout.v1 import payout_pb2

# What a caller is told for the platform's HTTP status; 5xx and the rest are UNAVAILABLE.
CODES = {
    400: StatusCode.INVALID_ARGUMENT,
    401: StatusCode.UNAUTHENTICATED,
    403: StatusCode.PERMISSION_DENIED,
    404: StatusCode.INTERNAL,  # a wrong URL or no version header: our bug, not a payout that is missing
    406: StatusCode.FAILED_PRECONDITION,
    409: StatusCode.ALREADY_EXISTS,
    410: StatusCode.NOT_FOUND,
    429: StatusCode.RESOURCE_EXHAUSTED,
}
STATES = {
    "PROCESSING": payout_pb2.PAYOUT_STATE_PROCESSING,
    "SUCCESS": payout_pb2.PAYOUT_STATE_SUCCEEDED,
    "FAILED": payout_pb2.PAYOUT_STATE_FAILED,
    "REFUSED": payout_pb2.PAYOUT_STATE_REFUSED,
}


class CallError(Exception):
    def __init__(self, code, details):
        super().__init__(details)
        self.code = code
        self.details = details


def checked_id(payout_id):
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,250}", payout_id):
        raise CallError(StatusCode.INVALID_ARGUMENT, "payout_id is malformed")
    return payout_id


def customer_header(customer_id):
    if not customer_id:
        return {}
    if not re.fullmatch(r"[\x21-\x7e]{1,255}", customer_id):
        raise CallError(StatusCode.INVALID_ARGUMENT, "customer_id is malformed")
    return {"Id-Customer": customer_id}


def given(**texts):
    """What is not empty: proto3 has "" where nothing was given."""
    return {name: text for name, text in texts.items() if text}


def method_body(request):
    method = request.WhichOneof("method")
    if not method:
        raise CallError(StatusCode.INVALID_ARGUMENT, "a payment method is required")
    src = getattr(request, method)
    body = {"paymentMethodCode": method.upper()}
    body.update(given(paymentOperatorCode=src.payment_operator_code, remark=src.remark))
    if method == "crypto_transfer":
        body["account"] = given(accountNumber=src.account_number)
    elif method == "wallet_transfer":
        body["account"] = given(accountName=src.account_name, accountNumber=src.account_number)
        body.update(given(phoneNumber=src.phone_number))
    else:
        body["account"] = given(
            accountName=src.account_name, accountNumber=src.account_number, accountType=src.account_type,
            bankCode=src.bank_code, bankName=src.bank_name, bankBranch=src.bank_branch,
            bankCity=src.bank_city, bankProvince=src.bank_province)
        body.update(given(emailAddress=src.email_address))
    return body


def create_body(request):
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", request.money.amount):
        raise CallError(StatusCode.INVALID_ARGUMENT, "money.amount is missing or malformed")
    money = {"amount": float(request.money.amount), "currencyCode": request.money.currency_code}
    return {
        "paymentRequested": {"money": money, **given(segmentCode=request.segment_code,
                                                     exchangedToCurrency=request.exchanged_to_currency)},
        "paymentMethod": method_body(request),
        **given(customerIp=request.customer_ip),
    }


def masked(account):
    shown = account[-4:] if len(account) >= 9 else ""
    return "*" * (len(account) - len(shown)) + shown


def created_payout(request, answer):
    """Of a 201: what was asked for, and the platform's references."""
    method = request.WhichOneof("method")
    src = getattr(request, method)
    response = answer["paymentMethodResponse"]
    return payout_pb2.Payout(
        payout_id=request.payout_id, merchant=request.merchant, money=request.money,
        destination=payout_pb2.Destination(
            method=f"PAYOUT_METHOD_{method.upper()}", masked_account=masked(src.account_number),
            payment_operator_code=src.payment_operator_code),
        state=payout_pb2.PAYOUT_STATE_PROCESSING,
        platform_reference=response.get("idPayment"), transaction_reference=response.get("reference"),
        labels=request.labels, segment_code=request.segment_code,
        exchanged_to_currency=request.exchanged_to_currency)


def set_time(field, text):
    if text:
        field.FromDatetime(datetime.datetime.fromisoformat(text))


def money_of(json):
    return json and payout_pb2.Money(amount=str(json["amount"]), currency_code=json["currencyCode"])


def read_payout(request, answer):
    """Of a 200: what the platform tells. It does not tell the account."""
    requested, process = answer["paymentRequested"], answer["process"]
    response, failure = answer["paymentMethodResponse"], process.get("failureReasons")
    payout = payout_pb2.Payout(
        payout_id=request.payout_id, merchant=request.merchant, money=money_of(requested["money"]),
        destination=payout_pb2.Destination(method=f"PAYOUT_METHOD_{response['paymentMethodCode']}"),
        state=STATES.get(process["status"], payout_pb2.PAYOUT_STATE_OUTCOME_UNKNOWN),
        platform_reference=response.get("idPayment"), transaction_reference=response.get("reference"),
        platform_status=process["status"], processor_status=process.get("processorStatus"),
        fee=money_of(answer.get("fee")), is_test=process.get("isTest"),
        segment_code=requested.get("segmentCode"), exchanged_to_currency=requested.get("exchangedToCurrency"))
    set_time(payout.platform_create_time, process.get("createdAt"))
    set_time(payout.platform_process_time, process.get("processedAt"))
    if failure:
        reason = payout.reasons.add(code=failure["failureReasonCode"], message=failure.get("message"))
        set_time(reason.failed_time, failure.get("failedAt"))
    return payout


def refusal(http_status, body):
    """406 is a list of codes; the others are an object with a description at most."""
    told = ""
    if isinstance(body, list):
        told = ", ".join(reason["code"] for reason in body)
    elif isinstance(body, dict):
        told = body.get("description", "")
    return CallError(CODES.get(http_status, StatusCode.UNAVAILABLE),
                     f"the platform answered {http_status}: {told}")
