# Whom Debian's Python takes for the authors: its old reader and its new one. A From value (JSON) a line in, domains a line out.
import email
import email.policy
import json
import sys
from email.utils import getaddresses

for line in sys.stdin:
    raw = b"From: " + json.loads(line).encode() + b"\r\nTo: x\r\n\r\n"
    old = email.message_from_bytes(raw, policy=email.policy.compat32)
    seen = [address for _, address in getaddresses([str(each) for each in old.get_all("From", [])], strict=False)]
    try:
        new = email.message_from_bytes(raw, policy=email.policy.default)
        seen += [each.addr_spec for field in new.get_all("From", []) for each in field.addresses]
    except Exception:
        pass  # The new reader has mistakes of its own.
    print(json.dumps(sorted({each.rpartition("@")[2] for each in seen if "@" in each})))
