# Asks Debian's libopendmarc: one case a line (JSON) in, one answer a line out.
import ctypes
import json
import sys

library = ctypes.CDLL("libopendmarc.so.2")
library.opendmarc_policy_connect_init.restype = ctypes.c_void_p
words = {ord("n"): "none", ord("q"): "quarantine", ord("r"): "reject", 0: None}
outcomes = {14: "none", 15: "pass", 16: "reject", 17: "quarantine", 18: "none-asked"}


def number(context, name):
    value = ctypes.c_int()
    getattr(library, name)(context, ctypes.byref(value))
    return value.value


for line in sys.stdin:
    case = json.loads(line)
    text = lambda key: case[key].encode()
    context = ctypes.c_void_p(library.opendmarc_policy_connect_init(b"192.0.2.1", 0))
    library.opendmarc_policy_store_from_domain(context, text("from"))
    status = library.opendmarc_policy_store_dmarc(context, text("record"), text("from"), text("org") or None)
    if case["spf"]:
        library.opendmarc_policy_store_spf(context, text("spf"), 1, 0, b"")
    for domain in case["dkim"]:
        library.opendmarc_policy_store_dkim(context, domain.encode(), b"s", 1, b"")
    answer = {"isRecord": status == 0}
    if status == 0:
        outcome = outcomes.get(library.opendmarc_get_policy_to_enforce(context), "?")
        dkim, spf = ctypes.c_int(), ctypes.c_int()
        library.opendmarc_policy_fetch_alignment(context, ctypes.byref(dkim), ctypes.byref(spf))
        answer |= {
            "p": words[number(context, "opendmarc_policy_fetch_p")],
            "sp": words[number(context, "opendmarc_policy_fetch_sp")],
            "adkim": chr(number(context, "opendmarc_policy_fetch_adkim")),
            "aspf": chr(number(context, "opendmarc_policy_fetch_aspf")),
            "outcome": outcome,
            "alignedBy": (["spf"] if spf.value == 4 else []) + (["dkim"] if dkim.value == 4 else []),
        }
    library.opendmarc_policy_connect_shutdown(context)
    print(json.dumps(answer))
