# Asks Debian's python3-authres to parse fields: a JSON text a line in, what it understood a line out.
import json
import sys

import authres

for line in sys.stdin:
    try:
        field = authres.AuthenticationResultsHeader.parse(json.loads(line).rstrip("\r\n"))
    except Exception as problem:
        print(json.dumps({"problem": str(problem), "methods": []}))
        continue
    print(
        json.dumps(
            {
                "authservId": field.authserv_id,
                "methods": [
                    {
                        "method": result.method,
                        "result": result.result,
                        "reason": result.reason,
                        "properties": [[f"{each.type}.{each.name}", each.value] for each in result.properties],
                    }
                    for result in field.results
                ],
            }
        )
    )
