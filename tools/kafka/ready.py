#!/usr/bin/env python3
"""Exits 0 when the Kafka broker at HOST:PORT lists itself as a live broker, 1 otherwise.

An open port is too early a sign: the broker opens it before its controller lets it serve. So this asks for the
cluster's metadata (ApiKey 3, version 0, no topics) and looks for a broker in the answer.
"""

import socket
import struct
import sys

CLIENT_ID = b"ready"
CORRELATION_ID = 7
METADATA = 3
TIMEOUT_SECONDS = 2


def read_exactly(connection, size):
    data = b""
    while len(data) < size:
        chunk = connection.recv(size - len(data))
        if not chunk:
            raise ConnectionError("closed by the broker")
        data += chunk
    return data


def live_brokers(host, port):
    header = struct.pack(">hhih", METADATA, 0, CORRELATION_ID, len(CLIENT_ID)) + CLIENT_ID
    body = struct.pack(">i", 0)
    with socket.create_connection((host, port), timeout=TIMEOUT_SECONDS) as connection:
        connection.sendall(struct.pack(">i", len(header + body)) + header + body)
        (size,) = struct.unpack(">i", read_exactly(connection, 4))
        correlation_id, brokers = struct.unpack(">ii", read_exactly(connection, size)[:8])
    return brokers if correlation_id == CORRELATION_ID else 0


def main():
    host, _, port = sys.argv[1].rpartition(":")
    try:
        return 0 if live_brokers(host, int(port)) > 0 else 1
    except OSError:
        return 1


if __name__ == "__main__":
    sys.exit(main())
