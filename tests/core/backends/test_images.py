"""How large a picture is, told by its first bytes, in every form that is taken."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from hearthnet_core.backends import images
from hearthnet_core.backends.images import check_image
from hearthnet_core.errors import BadRequest

WIDTH, HEIGHT = 301, 170


def saved(form: str, mode: str = "RGB", **options: Any) -> bytes:
    held = io.BytesIO()
    Image.new(mode, (WIDTH, HEIGHT)).save(held, form, **options)
    return held.getvalue()


FORMS = {
    "png": saved("PNG"),
    "jpeg": saved("JPEG"),
    "jpeg progressive": saved("JPEG", progressive=True),
    "jpeg with a long comment": saved("JPEG", comment=b"\xff\xc0" * 20_000),
    "webp lossy": saved("WEBP"),
    "webp lossless": saved("WEBP", lossless=True),
    "webp extended": saved("WEBP", "RGBA", exif=b"Exif\0\0" + bytes(20)),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_picture_is_taken_up_to_the_last_pixel_and_no_further(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MAX_PIXELS", WIDTH * HEIGHT)
    assert check_image(FORMS[name]) == f"image/{name.split()[0]}"
    monkeypatch.setattr(images, "MAX_PIXELS", WIDTH * HEIGHT - 1)
    with pytest.raises(BadRequest, match=f"{WIDTH} × {HEIGHT} pixels"):
        check_image(FORMS[name])


def test_the_extended_form_is_the_one_that_is_meant() -> None:
    assert FORMS["webp extended"][12:16] == b"VP8X" and FORMS["webp lossless"][12:16] == b"VP8L"


@pytest.mark.parametrize("name", FORMS)
def test_of_a_picture_cut_off_before_its_size_nothing_is_believed(name: str) -> None:
    for length in range(24):
        with pytest.raises(BadRequest):
            check_image(FORMS[name][:length])
