# An independent implementation (Debian's python3-dkim) signs and checks: a list of jobs as JSON on standard input, a list of
# answers on standard output. Bytes travel as Latin-1 text.
import json
import sys

import dkim

work = json.load(sys.stdin)
records = work["records"]


def lookup(name, timeout=5):
    text = records.get(name.decode().rstrip("."))
    return None if text is None else text.encode("latin-1")


def run(job):
    message = job["message"].encode("latin-1")
    if job["do"] == "sign":
        names = [name.encode() for name in job["names"]] if "names" in job else None
        return dkim.sign(
            message,
            job["selector"].encode(),
            job["domain"].encode(),
            job["key"].encode(),
            canonicalize=tuple(how.encode() for how in job["canonicalize"]),
            signature_algorithm=job["algorithm"].encode(),
            include_headers=names,
            length=job.get("length", False),
        ).decode("latin-1")
    if job["do"] == "verify":
        return "pass" if dkim.verify(message, dnsfunc=lookup) else "fail"
    if job["do"] == "arc-sign":
        lines = dkim.arc_sign(
            message,
            job["selector"].encode(),
            job["domain"].encode(),
            job["key"].encode(),
            job["server"].encode(),
        )
        return b"".join(lines).decode("latin-1")
    result, _, reason = dkim.arc_verify(message, dnsfunc=lookup)
    return result.decode() if isinstance(result, bytes) else str(result)


def answer(job):
    try:
        return run(job)
    except Exception as failure:
        return "error: " + repr(failure)


json.dump([answer(job) for job in work["jobs"]], sys.stdout)
