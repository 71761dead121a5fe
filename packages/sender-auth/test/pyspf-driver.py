# Puts cases to pyspf. Reads JSON lines {zone, faults, ip, from, helo}, answers with JSON lines {result, explanation}.
#
# The zone is in memory: {"name": {"A": [..], "TXT": [["..."]], "MX": [[10, "name"]], "PTR": [..], "CNAME": [..]}};
# faults: {"name" or "name TYPE": anything} time out.
import json
import socket
import sys

import spf

zone = {}
faults = {}


def lookup(name, qtype, strict=True, timeout=None):
    hops = 0
    name = name.rstrip('.').lower()
    answers = []
    while True:
        if name in faults or '%s %s' % (name, qtype) in faults:
            raise spf.TempError('DNS timeout')
        node = zone.get(name, {})
        if 'CNAME' not in node or hops > 8:
            break
        target = node['CNAME'][0].lower()
        answers.append(((name, 'CNAME'), target))
        name = target
        hops += 1
    for value in node.get(qtype, []):
        if qtype == 'TXT':
            value = [part.encode('utf-8') for part in value]
        elif qtype == 'MX':
            value = tuple(value)
        elif qtype == 'AAAA':
            value = socket.inet_ntop(socket.AF_INET6, socket.inet_pton(socket.AF_INET6, value))
        answers.append(((name, qtype), value))
    return answers


spf.DNSLookup = lookup

for line in sys.stdin:
    case = json.loads(line)
    zone = case['zone']
    faults = case['faults']
    try:
        query = spf.query(case['ip'], case['from'], case['helo'], receiver='mx.receiver.test', strict=True)
        query.set_default_explanation('')
        result, _, explanation = query.check()
    except Exception as problem:
        result, explanation = 'raised', repr(problem)
    print(json.dumps({'result': result, 'explanation': explanation}), flush=True)
