"""A small file of every format that is read, made here: the starting points of fuzzing, and samples for tests.

All hold the same article, as far as the format can say it.
"""

from __future__ import annotations

import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Callable

__all__ = ["PARAGRAPHS", "SEEDS", "TITLE", "pdf", "tar_of", "zip_of"]

TITLE = "Night ferry runs aground off Sorrel"
PARAGRAPHS = (
    "PORT ELLIN (Tidewire) — The night ferry between Port Ellin and the island of Sorrel ran aground on a sandbank "
    "early on Monday, the coast guard said, and its 212 passengers were taken off in lifeboats.",
    "Nobody was hurt. “We heard a grinding noise and then the lights went out,” said Mara Quill, a teacher who was on "
    "board with her class, in an interview at the harbour.",
    "The company that owns the ship said that it would pay for hotels and that a second ship would take over the "
    "crossing from Wednesday. An inquiry has begun.",
)
URL = "https://gazette.example/2022/09/12/ferry"
RECORD = {
    "title": TITLE,
    "text": "\n\n".join(PARAGRAPHS),
    "url": URL,
    "published": "2022-09-12T06:40:00+02:00",
    "authors": ["Ann Lee"],
    "source": "Harbour Gazette",
}
BODY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
LINKED = {"@type": "NewsArticle", "headline": TITLE, "datePublished": RECORD["published"], "articleSection": "Local"}
PAGE = (
    f'<!DOCTYPE html><html lang="en"><head><title>{TITLE}</title><meta charset="utf-8">'
    f'<script type="application/ld+json">{json.dumps(LINKED)}</script><link rel="canonical" href="{URL}"></head>'
    f'<body><nav><a href="/">Home</a></nav><article><h1>{TITLE}</h1>{BODY}<figure><img src="x.jpg">'
    "<figcaption>The ferry at low tide.</figcaption></figure></article><footer>© 2022</footer></body></html>"
)
TEXT = f"{TITLE}\n\nBy Ann Lee\nSeptember 12, 2022\n\n" + "\n\n".join(PARAGRAPHS)
MARKDOWN = f"---\ntitle: {TITLE}\ndate: 2022-09-12\n---\n# {TITLE}\n\n" + "\n\n".join(PARAGRAPHS)
RSS = f"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Harbour Gazette</title><link>https://gazette.example</link>
<language>en-GB</language><item><title>{TITLE}</title><link>{URL}</link><guid>g1</guid><dc:creator>Ann Lee</dc:creator>
<category>Local</category><pubDate>Mon, 12 Sep 2022 06:40:00 +0200</pubDate><description>A ferry is stuck.</description>
<content:encoded><![CDATA[{BODY}]]></content:encoded></item><item><title>Bridge tolls to rise</title>
<link>https://gazette.example/2</link><description>Only a summary.</description></item></channel></rss>"""
ATOM = f"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Harbour Gazette</title><entry>
<title>{TITLE}</title><link href="{URL}"/><id>g1</id><published>2022-09-12T06:40:00+02:00</published>
<updated>2022-09-12T11:05:00+02:00</updated><author><name>Ann Lee</name></author>
<content type="html">{BODY.replace("<", "&lt;")}</content></entry></feed>"""
MAIL = (
    "From: Harbour Gazette <news@gazette.example>\r\nSubject: =?utf-8?q?Night_ferry_runs_aground_off_Sorrel?=\r\n"
    "Date: Mon, 12 Sep 2022 06:40:00 +0200\r\nMessage-ID: <m1@gazette.example>\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/alternative; boundary="b1"\r\n\r\n--b1\r\nContent-Type: text/plain; charset=utf-8\r\n'
    "Content-Transfer-Encoding: 8bit\r\n\r\nRead this mail in a browser.\r\n--b1\r\n"
    f"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{PAGE}\r\n--b1--\r\n"
)
SAVED = (
    f"From: <Saved by Blink>\r\nSnapshot-Content-Location: {URL}\r\nSubject: {TITLE}\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/related; type="text/html"; boundary="b2"\r\n\r\n--b2\r\nContent-Type: text/html\r\n'
    f"Content-Transfer-Encoding: 8bit\r\nContent-Location: {URL}\r\n\r\n{PAGE}\r\n--b2--\r\n"
)
WORDS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def zip_of(files: dict[str, bytes]) -> bytes:
    """A zip archive of files by their names."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def tar_of(files: dict[str, bytes], *, mode: str = "w") -> bytes:
    """A tar archive of files by their names; ``mode`` as in tarfile."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in files.items():
            about = tarfile.TarInfo(name)
            about.size = len(data)
            archive.addfile(about, io.BytesIO(data))
    return packed.getvalue()


def docx(paragraphs: tuple[str, ...] = (TITLE, "By Ann Lee", "September 12, 2022", *PARAGRAPHS)) -> bytes:
    """A Word document, the first paragraph as its title."""
    title = '<w:pPr><w:pStyle w:val="Title"/></w:pPr>'
    rows = "".join(
        f"<w:p>{'' if number else title}<w:r><w:t>{text}</w:t></w:r></w:p>" for number, text in enumerate(paragraphs)
    )
    return zip_of({"word/document.xml": f"<w:document {WORDS}><w:body>{rows}</w:body></w:document>".encode()})


def pdf(lines: tuple[tuple[int, str], ...]) -> bytes:
    """A PDF file of one page, of lines with their sizes in points."""
    shown, at = [], 800
    for size, text in lines:
        at -= int(size * 1.4) if text else 12
        escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        shown.append(f"BT /F1 {size} Tf 40 {at} Td ({escaped}) Tj ET")
    stream = "\n".join(shown).encode("cp1252", "replace")
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 850]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj%b\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    return out + b"xref\n0 6\n0000000000 65535 f \n%btrailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        table,
        start,
    )


def _pdf() -> bytes:
    rows: list[tuple[int, str]] = [(20, TITLE), (10, ""), (10, "By Ann Lee"), (10, "September 12, 2022"), (10, "")]
    for paragraph in PARAGRAPHS:
        words, row = paragraph.split(), ""
        for word in words:
            if len(row) + len(word) > 80:
                rows.append((10, row))
                row = ""
            row = f"{row} {word}".strip()
        rows += [(10, row), (10, "")]
    return pdf(tuple(rows))


def _warc() -> bytes:
    http = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{PAGE}".encode()
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n"
        f"WARC-Date: 2023-01-01T00:00:00Z\r\nWARC-Target-URI: {URL}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


def _parquet() -> bytes:
    import pyarrow
    import pyarrow.parquet

    packed = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table({name: [value] for name, value in RECORD.items()}), packed)
    return packed.getvalue()


def _csv() -> bytes:
    text = "\n\n".join(PARAGRAPHS).replace('"', '""')
    return f'title,url,published,text\n{TITLE},{URL},2022-09-12,"{text}"\n'.encode()


_LINE = json.dumps(RECORD, ensure_ascii=False).encode()
SEEDS: dict[str, Callable[[], bytes]] = {
    "a.txt": lambda: TEXT.encode(),
    "a.md": lambda: MARKDOWN.encode(),
    "a.html": lambda: PAGE.encode(),
    "a.json": lambda: json.dumps({"articles": [RECORD, {"text": "Two."}]}, indent=1).encode(),
    "a.jsonl": lambda: _LINE + b"\n" + b'{"body": "Two.", "date": "3 May 2022"}\n',
    "a.csv": _csv,
    "a.tsv": lambda: f"title\ttext\n{TITLE}\t{PARAGRAPHS[0]}\n".encode(),
    "a.parquet": _parquet,
    "a.rss": lambda: RSS.encode(),
    "a.atom": lambda: ATOM.encode(),
    "a.eml": lambda: MAIL.encode(),
    "a.mhtml": lambda: SAVED.encode(),
    "a.mbox": lambda: b"From - Mon Sep 12 08:30:00 2022\n" + MAIL.replace("\r\n", "\n").encode() + b"\n",
    "a.warc": _warc,
    "a.warc.gz": lambda: gzip.compress(_warc()),
    "a.pdf": _pdf,
    "a.docx": docx,
    "a.txt.gz": lambda: gzip.compress(TEXT.encode()),
    "a.jsonl.xz": lambda: lzma.compress(_LINE + b"\n"),
    "a.zip": lambda: zip_of(
        {"news/a.txt": TEXT.encode(), "b.jsonl": _LINE, "c.zip": zip_of({"d.html": PAGE.encode()})}
    ),
    "a.tar": lambda: tar_of({"news/a.txt": TEXT.encode(), "b.jsonl": _LINE}),
    "a.tar.gz": lambda: tar_of({"a.txt": TEXT.encode()}, mode="w:gz"),
}
"""File names and what makes their contents."""
