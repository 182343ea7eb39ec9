"""A mail server for a test: python mail.py <starttls|implicit|eager> <certificate> <key>, on a free port of the loopback.

Says its port, then a line of JSON for each message that it takes in. It takes mail from `shouyue` with the password
`an invented one` alone, and over TLS alone. An address that begins with `refused` it does not know, of one that begins with
`later` it cannot say, and mail from `stranger` it does not take. As `eager` it is no such server but somebody in the middle
who answers beforehand, in the clear, what will be asked in secret.
"""

import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    async def handle_MAIL(self, server, session, envelope, address, options):
        if address.startswith("stranger"):
            return f"550 5.7.1 {address} does not write from here"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused"):
            return f"550 5.1.1 {address} is nobody here"
        if address.startswith("later"):
            return f"450 4.2.1 {address} is busy"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        took = {
            "sender": envelope.mail_from,
            "receivers": envelope.rcpt_tos,
            "from": str(message["from"]),
            "to": str(message["to"]),
            "subject": str(message["subject"]),
            "id": str(message["message-id"]),
            "type": message.get_content_type(),
            "body": message.get_content(),
            "tls": session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None,
            "headers": sorted(key.lower() for key in message.keys()),
        }
        print(json.dumps(took), flush=True)
        return "250 OK"


def known(server, session, envelope, mechanism, data):
    return AuthResult(success=data.login == b"shouyue" and data.password == b"an invented one", handled=False)


async def eager(reader, writer, context):
    writer.write(b"220 here\r\n")
    await reader.readline()
    writer.write(b"250-here\r\n250 STARTTLS\r\n")
    await reader.readline()
    writer.write(b"220 go\r\n250-here\r\n250 AUTH PLAIN\r\n")
    await writer.drain()
    await writer.start_tls(context)
    answers = {b"EHLO": b"250 here\r\n", b"AUTH": b"235 OK\r\n", b"DATA": b"354 go\r\n", b"QUIT": b"221 bye\r\n"}
    content = False
    while line := await reader.readline():
        if content and line != b".\r\n":
            continue
        content = line[:4].upper() == b"DATA"
        writer.write(answers.get(line[:4].upper(), b"250 OK\r\n"))
    writer.close()


async def main(mode, certificate, key):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)

    def session():
        # Where TLS begins at once it is no matter of this protocol: it is asked for at the socket.
        tls = {"tls_context": context, "require_starttls": True} if mode == "starttls" else {"auth_require_tls": False}
        return SMTP(Handler(), hostname="localhost", authenticator=known, auth_required=True, **tls)

    if mode == "eager":
        server = await asyncio.start_server(lambda reader, writer: eager(reader, writer, context), "127.0.0.1", 0)
    else:
        own = context if mode == "implicit" else None
        server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0, ssl=own)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))
