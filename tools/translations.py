"""Keep the translations in step with the source texts.

Usage: python -m tools.translations [compile | extract | update]

compile  makes the .mo files that the application reads, where the .po is newer (the default)
extract  writes every text found in code and templates to booking/translations/messages.pot
update   brings new texts into each language's messages.po, and takes the unused ones out

The .po files hold neither dates nor line numbers and are sorted, so a diff shows texts alone.
"""

import argparse
import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

TOP = Path(__file__).resolve().parent.parent
FOLDER = TOP / "booking" / "translations"
LOCALES = ("de", "fr", "nl")  # English is the language of the source texts
KEYWORDS = DEFAULT_KEYWORDS | {
    "_l": None,
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
}
NOISE = tuple(
    f'"{name}:'.encode()
    for name in (
        "POT-Creation-Date",
        "PO-Revision-Date",
        "Generated-By",
        "Last-Translator",
        "Language-Team",
        "Report-Msgid-Bugs-To",
    )
)


def main() -> int:
    """Do what the command line asks for and name each file written."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "what", nargs="?", default="compile", choices=("compile", "extract", "update")
    )
    match parser.parse_args().what:
        case "compile":
            written = compile_all()
        case "extract":
            written = write(FOLDER / "messages.pot", extracted())
        case _:
            written = update_all()
    for path in written:
        print(f"Wrote {path.relative_to(TOP)}")
    return 0


def po_path(locale: str) -> Path:
    """Where the translator's file of a language is."""
    return FOLDER / locale / "LC_MESSAGES" / "messages.po"


def read(locale: str) -> Catalog:
    """The texts of a language as its translator left them; an empty catalog before the first."""
    path = po_path(locale)
    if not path.exists():
        return new_catalog(locale)
    with path.open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


def new_catalog(locale: str | None = None) -> Catalog:
    """An empty catalog under this project's name."""
    header = f"# Médiacité Booking: {locale or 'source'} texts"
    return Catalog(locale, project="mediacite-booking", header_comment=header, fuzzy=False)


def extracted() -> Catalog:
    """Every text that code and templates ask to be translated, and the files it stands in."""
    catalog = new_catalog()
    with (TOP / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = extract_from_dir(
        TOP,
        methods,
        options,
        keywords=KEYWORDS,
        comment_tags=("Translators:",),
        directory_filter=lambda name: not Path(name).name.startswith((".", "node_modules")),
    )
    for filename, _line, text, comments, context in found:
        catalog.add(text, locations=[(filename, 0)], auto_comments=comments, context=context)
    return catalog


def update_all() -> list[Path]:
    """Bring the texts found in the sources into the file of each language; the files changed."""
    template = extracted()
    written = []
    for locale in LOCALES:
        catalog = read(locale)
        catalog.update(template, no_fuzzy_matching=True)
        written += write(po_path(locale), catalog)
    return written


def write(path: Path, catalog: Catalog) -> list[Path]:
    """Write a catalog so that the same texts always give the same bytes; [path] if it changed."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=0, sort_output=True, ignore_obsolete=True, include_lineno=False)
    lines = buffer.getvalue().splitlines(keepends=True)
    content = b"".join(line for line in lines if not line.startswith(NOISE))
    if path.exists() and path.read_bytes() == content:
        return []
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return [path]


def compile_all() -> list[Path]:
    """Make the .mo file of each language whose .po is newer; the files made."""
    return [
        compile_one(path)
        for path in sorted(FOLDER.glob("*/LC_MESSAGES/messages.po"))
        if is_newer(path)
    ]


def is_newer(path: Path) -> bool:
    """Whether a .po was changed after its .mo was made."""
    made = path.with_suffix(".mo")
    return not made.exists() or path.stat().st_mtime >= made.stat().st_mtime


def compile_one(path: Path) -> Path:
    """Make the .mo beside a .po; untranslated texts stay out and show in English."""
    with path.open("rb") as file:
        catalog = read_po(file, locale=path.parent.parent.name, abort_invalid=True)
    made = path.with_suffix(".mo")
    with made.open("wb") as file:
        write_mo(file, catalog)
    return made


if __name__ == "__main__":
    sys.exit(main())
