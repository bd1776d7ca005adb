"""A small S3 that only lists: keys from a file, one per line, each request a little late.

`python -m tests.bench._s3_stand_in KEYS DELAY_MS` prints its port. Pages are put together from
parts that are made once, so that it costs the listing tools next to nothing.
"""

import asyncio
import sys
from bisect import bisect_right
from pathlib import Path
from urllib.parse import parse_qsl, quote_plus, urlsplit

MOMENT = "2026-11-01T12:00:00.000Z"


def entry(key, number, *, encoded):
    shown = quote_plus(key, safe="/-_.*") if encoded else _xml(key)
    return (
        f"<Contents><Key>{shown}</Key><LastModified>{MOMENT}</LastModified>"
        f"<ETag>&quot;{number:032x}&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm>"
        f"<ChecksumType>FULL_OBJECT</ChecksumType><Size>{size_of(number)}</Size>"
        f"<StorageClass>STANDARD</StorageClass></Contents>"
    ).encode()


def size_of(number):
    return number * 7919 % 3_000_000


def _xml(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class Bucket:
    def __init__(self, keys):
        self.keys = keys
        self.entries = {
            encoded: [entry(key, number, encoded=encoded) for number, key in enumerate(keys)]
            for encoded in (True, False)
        }
        self.requests = 0

    def page(self, query):
        self.requests += 1
        encoded = query.get("encoding-type") == "url"
        after = query.get("continuation-token") or query.get("start-after", "")
        prefix, most = query.get("prefix", ""), int(query.get("max-keys", 1000))
        start = bisect_right(self.keys, after) if after else 0
        if prefix > after:
            start = max(start, bisect_right(self.keys, prefix))
        end = min(start + most, len(self.keys))
        more = end < len(self.keys)
        token = (
            f"<NextContinuationToken>{_xml(self.keys[end - 1])}</NextContinuationToken>"
            if more
            else ""
        )
        head = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>bench</Name>'
            f"<Prefix></Prefix>{token}<KeyCount>{end - start}</KeyCount><MaxKeys>{most}</MaxKeys>"
            + ("<EncodingType>url</EncodingType>" if encoded else "")
            + f"<IsTruncated>{'true' if more else 'false'}</IsTruncated>"
        ).encode()
        return head + b"".join(self.entries[encoded][start:end]) + b"</ListBucketResult>"


async def serve(bucket, delay, ready):
    async def client(reader, writer):
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                target = head.split(b" ", 2)[1].decode()
                await asyncio.sleep(delay)
                if b"?" not in target.encode() or "list-type" not in target:
                    body = b""  # HEAD of the bucket, or its place
                else:
                    body = bucket.page(dict(parse_qsl(urlsplit(target).query)))
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nx-amz-request-id: 1\r\n"
                    b"x-amz-bucket-region: us-east-1\r\n"
                    + f"Content-Length: {len(body)}\r\n\r\n".encode()
                    + (b"" if head.startswith(b"HEAD") else body)
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(client, "127.0.0.1", 0, limit=1 << 20)
    ready(server.sockets[0].getsockname()[1])
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    keys = Path(sys.argv[1]).read_text(encoding="utf-8").split("\n")
    asyncio.run(serve(Bucket(keys), int(sys.argv[2]) / 1000, lambda port: print(port, flush=True)))
