"""Photos as people take them, made into what pages show."""

from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageOps

from booking.kernel.errors import FieldError, Invalid

FORMATS = ("JPEG", "PNG", "WEBP")
LARGE_PX = 1600
SMALL_PX = 480
LEAST_PX = 200
MOST_PIXELS = 60_000_000
QUALITY = 80

Image.MAX_IMAGE_PIXELS = None  # ours is the bound: it refuses before anything is unpacked


class Picture(NamedTuple):
    """A photo in WebP, at most LARGE_PX and SMALL_PX long; width and height of the large."""

    large: bytes
    small: bytes
    width: int
    height: int


def picture(content: bytes) -> Picture:
    """The photo in a file, the right way up; nothing else in it is kept but its colour profile.

    Cameras write down where a picture was taken and by whom: that does not come along.

    Raises Invalid at `photo`: `not_a_picture`, `picture_too_small`, `picture_too_large`.
    """
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            _refuse(*image.size)
            upright = ImageOps.exif_transpose(_small_enough(image))
            return _in_both_sizes(_on_white(upright), image.info.get("icc_profile", b""))
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise Invalid(FieldError("photo", "not_a_picture")) from error


def _refuse(width: int, height: int) -> None:
    if min(width, height) < LEAST_PX:
        raise Invalid(FieldError("photo", "picture_too_small", {"least": LEAST_PX}))
    if width * height > MOST_PIXELS:
        most = {"most": MOST_PIXELS // 1_000_000}
        raise Invalid(FieldError("photo", "picture_too_large", most))


def _small_enough(image: Image.Image) -> Image.Image:
    """At most LARGE_PX long before anything else is done: a whole copy costs 4 bytes a pixel."""
    image.draft("RGB", (LARGE_PX, LARGE_PX))
    shaded = image if image.mode in ("L", "RGB", "RGBA") else image.convert("RGBA")
    shaded.thumbnail((LARGE_PX, LARGE_PX), Image.Resampling.LANCZOS)
    return shaded


def _on_white(image: Image.Image) -> Image.Image:
    """In three colours; what is transparent becomes white."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    image = image.convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


def _in_both_sizes(image: Image.Image, profile: bytes) -> Picture:
    large, (width, height) = _webp(image, profile), image.size
    image.thumbnail((SMALL_PX, SMALL_PX), Image.Resampling.LANCZOS)
    return Picture(large, _webp(image, profile), width, height)


def _webp(image: Image.Image, profile: bytes) -> bytes:
    out = BytesIO()
    image.save(out, "WEBP", quality=QUALITY, icc_profile=profile, exif=b"", xmp=b"")
    return out.getvalue()
