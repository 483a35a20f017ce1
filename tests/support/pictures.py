"""Files that people bring."""

from io import BytesIO
from typing import Any

from PIL import Image

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def photo(width: int, height: int, kind: str = "JPEG", **more: Any) -> bytes:
    """A picture that is not all one colour."""
    out = BytesIO()
    made = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    made.save(out, kind, **more)
    return out.getvalue()
