# An independent verifier (Debian's python3-dkim): message on standard input, records as JSON in the first argument.
# Prints one line for each signature: "ok", or why not.
import json
import sys

import dkim

records = json.loads(sys.argv[1])
message = sys.stdin.buffer.read()


def lookup(name, timeout=5):
    text = records.get(name.decode().rstrip("."))
    return None if text is None else text.encode()


signatures = message.split(b"\r\n\r\n", 1)[0].count(b"DKIM-Signature:")
for index in range(signatures):
    try:
        verifier = dkim.DKIM(message, minkey=1024)
        print("ok" if verifier.verify(index, dnsfunc=lookup) else "wrong")
    except dkim.DKIMException as failure:
        print(failure)
