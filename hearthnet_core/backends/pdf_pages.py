"""Pages of a PDF as pictures, in a process of its own: `python -m hearthnet_core.backends.pdf_pages [PAGE]`, the PDF on
standard input. Without a page it writes how many there are, with one (from 1) that page as a grey PGM picture.

pypdfium2 (extra `ocr`) draws; a page that would be larger than `MAX_SIDE` is drawn smaller.
"""

from __future__ import annotations

import sys

DPI = 300
MAX_SIDE = 5_000


def main(arguments: list[str]) -> int:
    try:
        import pypdfium2 as pdfium
    except ImportError:
        print("pypdfium2 is not installed", file=sys.stderr)
        return 127
    try:
        document = pdfium.PdfDocument(sys.stdin.buffer.read())
        if not arguments:
            print(len(document))
            return 0
        page = document[int(arguments[0]) - 1]
        scale = min(DPI / 72, MAX_SIDE / max(1.0, *page.get_size()))
        picture = page.render(scale=scale, grayscale=True)
    except (pdfium.PdfiumError, IndexError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    sys.stdout.buffer.write(b"P5 %d %d 255\n" % (picture.width, picture.height))
    lines = memoryview(picture.buffer).cast("B")
    for start in range(0, picture.height * picture.stride, picture.stride):
        sys.stdout.buffer.write(lines[start : start + picture.width])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
