"""CloudFront access logs from a seed, shaped like a media site's: v1 lines with all 33 fields."""

import gzip
import random
from datetime import UTC, datetime, timedelta

HEADER = (
    "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem "
    "sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type "
    "x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol "
    "ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields "
    "c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len "
    "sc-range-start sc-range-end\n"
)
HOST = "d111111abcdef8.cloudfront.net"
EDGES = (
    "FRA60-P3",
    "FRA56-C1",
    "LHR50-P2",
    "IAD89-C2",
    "SFO53-P1",
    "NRT57-C3",
    "GRU1-C1",
    "SYD62-P2",
)
RESULTS = ("Hit",) * 82 + ("Miss",) * 12 + ("RefreshHit",) * 3 + ("Error",) * 3
ERRORS = ("403", "404", "404", "404", "416", "502")
REFERRERS = ("-", "https://app.example.com/gallery", "https://app.example.com/files/%2540me",
             "https://www.example.org/blog/a%2520post", "https://news.example.net/")  # fmt: skip
AGENTS = (
    "Mozilla/5.0%20(Windows%20NT%2010.0;%20Win64;%20x64)%20AppleWebKit/537.36%20(KHTML,%20like%20Gecko)%20Chrome/141.0.0.0%20Safari/537.36",
    "Mozilla/5.0%20(iPhone;%20CPU%20iPhone%20OS%2018_1%20like%20Mac%20OS%20X)%20AppleWebKit/605.1.15%20(KHTML,%20like%20Gecko)%20Version/18.1%20Mobile/15E148%20Safari/604.1",
    "Mozilla/5.0%20(X11;%20Linux%20x86_64;%20rv:143.0)%20Gecko/20100101%20Firefox/143.0",
    "curl/8.9.1",
)


def paths(pick, count):
    """Keys as a media site has them: files with renditions, avatars, progress photos."""
    found = []
    for number in range(count):
        kind = number % 4
        if kind == 0:
            found.append(f"/media/{pick.getrandbits(96):024x}/IMG_{number % 10000:04d}.jpg")
        elif kind == 1:
            found.append(f"/media/{pick.getrandbits(96):024x}/thumbnail.webp")
        elif kind == 2:
            found.append(f"/avatars/user-{number}.jpg")
        else:
            found.append(f"/progress-photos/{number // 40}/photo%2520{number % 200}.jpg")
    return found


def lines(count, seed, *, start=datetime(2026, 10, 1, tzinfo=UTC), days=3, urls=20_000):
    """`count` lines without the header, in the order of time."""
    pick = random.Random(seed)
    known = paths(pick, urls)
    sizes = [pick.randrange(2_000, 900_000) for _ in known]
    step = timedelta(days=days) / count
    rand, bits = pick.random, pick.getrandbits
    addresses = [f"198.51.{bits(8)}.{bits(8)}" for _ in range(5000)]
    for number in range(count):
        at = start + step * number
        one = int(urls * rand() ** 3)
        result = RESULTS[int(rand() * 100)]
        failed = result == "Error"
        status = ERRORS[int(rand() * 6)] if failed else ("206" if rand() < 0.03 else "200")
        size = 600 + bits(7) if failed else sizes[one]
        yield (
            f"{at:%Y-%m-%d\t%H:%M:%S}\t{EDGES[bits(3)]}\t{size + 480}\t{addresses[int(rand() * 5000)]}\tGET\t"
            f"{HOST}\t{known[one]}\t{status}\t{REFERRERS[int(rand() * 5)]}\t{AGENTS[bits(2)]}\t-\t-\t"
            f"{result}\t{bits(216):054x}==\tcdn.example.com\thttps\t{200 + bits(8)}\t0.{bits(9):03d}\t-\t"
            f"TLSv1.3\tTLS_AES_128_GCM_SHA256\t{result}\tHTTP/2.0\t-\t-\t{1024 + bits(15)}\t0.{bits(8):03d}\t"
            f"{result}\t{'application/xml' if failed else 'image/jpeg'}\t{size}\t-\t-\n"
        )


def write(path, count, seed, **options):
    """One log file; gz where the name says so."""
    opener = gzip.open if path.suffix == ".gz" else open
    extra = {"compresslevel": 6} if path.suffix == ".gz" else {}
    with opener(path, "wt", encoding="ascii", newline="\n", **extra) as file:
        file.write(HEADER)
        file.writelines(lines(count, seed, **options))
