#!/usr/bin/env python3
"""How an agency's system takes Tremplin's webhooks: it checks who sent them, takes each once, and answers. Python alone is needed.

    python3 webhooks.py 8080 webhook.secret        # the file that `tremplinctl webhooks create --out webhook.secret` made

While a secret is replaced, name the files of both: either signature is good. Before the internet this stands behind HTTPS.
"""

import base64
import hashlib
import hmac
import http.server
import json
import pathlib
import sys
import time

TOLERANCE_S = 300  # how old or early a message may be: an older one is somebody's copy
MOST_BYTES = 65536


def verify(secrets, headers, body, now=None):
    """Whether one of the secrets ("whsec_…") signed these bytes, lately. The body is checked as it came, before it is read as JSON."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or not timestamp.isdigit() or abs((now or time.time()) - int(timestamp)) > TOLERANCE_S:
        return False
    signed = f"{message_id}.{timestamp}.".encode() + body
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        for signature in headers.get("webhook-signature", "").split(" "):
            if hmac.compare_digest(signature.encode(), expected.encode()):
                return True
    return False


class Receiver(http.server.BaseHTTPRequestHandler):
    """2xx says that the entry is kept, and the next one comes; anything else, and this one comes again."""

    secrets = []
    taken = set()  # in a real system kept with what the entries tell, in one transaction

    def do_POST(self):
        size = int(self.headers.get("Content-Length", "0"))
        if size > MOST_BYTES:
            return self.answer(413)
        body = self.rfile.read(size)
        if not verify(self.secrets, self.headers, body):
            return self.answer(401)
        if self.headers["webhook-id"] not in self.taken:  # one that came before comes again where our answer was lost
            entry = json.loads(body)
            print(json.dumps({"id": self.headers["webhook-id"], "entry": entry}), flush=True)
            self.taken.add(self.headers["webhook-id"])
        return self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_):
        pass  # requests are not logged: what is taken is printed


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    Receiver.secrets = [pathlib.Path(name).read_text().strip() for name in sys.argv[2:]]
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
