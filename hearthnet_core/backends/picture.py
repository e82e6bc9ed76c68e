"""A picture made bearable, in a process of its own: `python -m hearthnet_core.backends.picture jpeg SIDE|square SIDE`, the
picture on standard input.

`jpeg` writes it upright, without anything the file says besides (place, camera, comments), as a JPEG of at most `SIDE` pixels each way.
`square` writes the middle of it, its shorter side as `SIDE`, as `SIDE` × `SIDE` × 3 bytes of RGB.
"""

from __future__ import annotations

import sys

from hearthnet_core.backends import program
from hearthnet_core.backends.images import MAX_PIXELS, check_image
from hearthnet_core.errors import BadRequest, Timeout

SECONDS = 30.0
MEMORY_KIB = 1024 * 1024
MAX_JPEG = 8 * 1024 * 1024
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP")


async def jpeg(picture: bytes, side: int) -> bytes:
    """Raises `BadRequest` for what is no picture, too large or damaged, and `Timeout`."""
    return await _made("jpeg", picture, side, MAX_JPEG)


async def square(picture: bytes, side: int) -> bytes:
    """Raises as `jpeg`."""
    return await _made("square", picture, side, side * side * 3)


async def _made(kind: str, picture: bytes, side: int, most: int) -> bytes:
    check_image(picture)
    command = [sys.executable, "-m", "hearthnet_core.backends.picture", kind, str(side)]
    try:
        return await program.run(command, picture, most=most, seconds=SECONDS, memory_kib=MEMORY_KIB)
    except BadRequest:
        raise BadRequest("This picture is damaged; save it anew as a JPEG.") from None
    except Timeout:
        raise Timeout(f"This picture takes longer than {SECONDS:g} s to read; save it anew, smaller.") from None


def main(arguments: list[str]) -> int:
    from PIL import Image, ImageOps

    kind, side = arguments[0], int(arguments[1])
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        with Image.open(sys.stdin.buffer, formats=FORMATS) as opened:
            longest = side if kind == "jpeg" else max(opened.size) * side // max(1, min(opened.size))
            opened.draft("RGB", (longest, longest))  # a JPEG is read no larger than it is needed
            picture = ImageOps.exif_transpose(opened)
        if picture.mode.startswith("I"):  # grey of 16 bits
            picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
        if picture.mode not in ("RGB", "RGBA"):
            picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
        if kind == "jpeg":
            picture.thumbnail((side, side), Image.Resampling.LANCZOS)
        else:
            picture = ImageOps.fit(picture, (side, side), Image.Resampling.BICUBIC)
        if picture.mode == "RGBA":  # what is transparent is seen on white
            picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
        picture.info.clear()
        if kind == "jpeg":
            picture.save(sys.stdout.buffer, "JPEG", quality=QUALITY)
        else:
            sys.stdout.buffer.write(picture.tobytes())
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
