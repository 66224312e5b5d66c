"""A mail server for tests, by aiosmtpd: keeps what it takes, and does as files in its folder say.

Usage: smtp_server.py PORT FOLDER [CERTIFICATE KEY [USER PASSWORD]]

Every mail is a line of FOLDER/mail, in JSON, read by Python's own parser of mails. With a certificate STARTTLS must be
used, with a user a login too. Recipients that begin with "refused" are refused for good (550). While there is FOLDER/not-now
no mail is taken yet (451); while there is FOLDER/hang mail is kept, but the server says nothing more.
"""

import asyncio
import email
import email.policy
import json
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Handler:
    def __init__(self, folder):
        self.folder = folder
        self.sessions = {}

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if (self.folder / "not-now").exists():
            with open(self.folder / "put-off", "a", encoding="utf-8") as out:
                out.write(json.dumps(self.read(session, envelope)) + "\n")
            return "451 4.7.1 come again later"
        with open(self.folder / "mail", "a", encoding="utf-8") as out:
            out.write(json.dumps(self.read(session, envelope)) + "\n")
        while (self.folder / "hang").exists():
            await asyncio.sleep(0.05)
        return "250 OK"

    def read(self, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        parts = {part.get_content_type(): part.get_content().replace("\r\n", "\n") for part in mail.walk() if not part.is_multipart()}
        return {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "session": self.sessions.setdefault(session, len(self.sessions)),
            "tls": session.ssl is not None,
            "subject": mail["subject"],
            "headers": {name.lower(): str(value) for name, value in mail.items()},
            "text": parts.get("text/plain", ""),
            "html": parts.get("text/html", ""),
            "calendar": parts.get("text/calendar", ""),
            "raw": envelope.content.decode("ascii"),
            "defects": [str(defect) for part in mail.walk() for defect in part.defects],
        }


def options_of(arguments):
    options = {}
    if len(arguments) >= 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(arguments[0], arguments[1])
        options.update(tls_context=context, require_starttls=True)
    if len(arguments) >= 4:
        wanted = LoginPassword(arguments[2].encode(), arguments[3].encode())
        options.update(
            auth_required=True,
            authenticator=lambda server, session, envelope, mechanism, given: AuthResult(
                success=given == wanted, handled=False
            ),
        )
    return options


async def main():
    port, folder = int(sys.argv[1]), pathlib.Path(sys.argv[2])
    handler = Handler(folder)
    options = options_of(sys.argv[3:])
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, **options), "127.0.0.1", port)
    (folder / "ready").touch()
    async with server:
        await server.serve_forever()


asyncio.run(main())
