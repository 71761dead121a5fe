# What Debian's Python makes of reports, and reports made by it: zipfile, gzip, email and ElementTree instead of our own readers.
import base64
import email
import email.policy
import gzip
import io
import json
import sys
import zipfile
from xml.etree import ElementTree


class Stream(io.BytesIO):
    """Cannot go back, so that zipfile writes sizes behind the data."""

    def seekable(self):
        return False

    def seek(self, *_):
        raise OSError("a stream")


def archive(xml, kind):
    if kind == "gzip":
        return gzip.compress(xml)
    target = Stream() if kind == "zip-stream" else io.BytesIO()
    method = zipfile.ZIP_STORED if kind == "zip-stored" else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(target, "w", method) as file:
        if kind == "zip-folder":
            file.mkdir("reports")
            file.writestr("reports/read.me", "hello")
        file.comment = b"PK\x05\x06" + bytes(40) if kind == "zip-comment" else b""
        file.writestr("reports/report.xml", xml)
    return target.getvalue()


def understood(raw):
    message = email.message_from_bytes(raw, policy=email.policy.default)
    parts = []
    for part in message.iter_parts():
        content = part.get_payload(decode=True)
        parts.append({"type": part.get_content_type(), "fileName": part.get_filename()})
        if part.get_content_type() == "message/feedback-report":
            inner = part.get_payload(0)
            parts[-1]["fields"] = {name: str(value) for name, value in inner.items()}
        if part.get_content_type() == "application/gzip":
            root = ElementTree.fromstring(gzip.decompress(content))
            parts[-1]["values"] = [[each.tag.split("}")[-1], (each.text or "").strip()] for each in root.iter()]
            parts[-1]["namespace"] = root.tag.split("}")[0].strip("{")
    fields = {name: " ".join(str(message[name]).split()) for name in ("From", "To", "Subject")}
    return {"type": message.get_content_type(), "fields": fields, "parts": parts, "defects": len(message.defects)}


for line in sys.stdin:
    case = json.loads(line)
    if "archive" in case:
        print(json.dumps(base64.b64encode(archive(case["xml"].encode(), case["archive"])).decode()))
    else:
        print(json.dumps(understood(base64.b64decode(case["message"]))))
