"""One recording of Xeno-canto in one set of names, whoever wrote it down."""

import math
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

NAMES = {
    "number": ("file_id", "xc_id"),
    "id": ("id", "recording_id"),
    "file_name": ("path", "file_name", "filename"),
    "label": ("label",),
    "english": ("en", "english", "english_cname", "english_name", "common_name"),
    "scientific": ("scientific", "scientific_name", "sci_name"),
    "genus": ("gen", "genus"),
    "species": ("sp", "species", "specific_epithet"),
    "recordist": ("recordist", "rec", "who_provided_recording", "author"),
    "country": ("cnt", "country"),
    "place": ("loc", "place", "location", "locality"),
    "latitude": ("lat", "latitude"),
    "longitude": ("lon", "lng", "longitude", "longitute"),
    "date": ("date",),
    "time": ("time",),
    "quality": ("q", "quality", "rating"),
    "type": ("type", "vocalization_type"),
    "licence": ("lic", "licence", "license"),
    "url": ("url",),
    "duration": ("length", "duration"),
}
"""Names of each column in the API (2 and 3), and in CSVs that people made of it, best first."""

NUMBERS = ("latitude", "longitude", "duration")

_CATALOGUE_NUMBER = re.compile(r"(?:xc)?([0-9]+)", re.IGNORECASE)
_NUMBERED_FILE = re.compile(r"xc([0-9]+)", re.IGNORECASE)


def recording_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Brings one entry into the manifest's names.

    Args:
        entry: A recording of a JSON page, or a row of a CSV, under the names of `NAMES` in any
            case. What has none of these names is kept under its own.

    Returns:
        The free columns of a manifest, with `recording_id` ("XC123"), `label` (the English name,
        or else the scientific one), `recordist` and `file_name`; empty text where the entry says
        nothing. Latitude and longitude in degrees and duration in seconds, NaN where the entry
        has none that makes sense.
    """
    given = {plain(text_of(name)): text_of(value) for name, value in entry.items()}
    found = {column: _first(given, aliases) for column, aliases in NAMES.items()}
    scientific = found["scientific"] or f"{found['genus']} {found['species']}".strip()
    known = {alias for aliases in NAMES.values() for alias in aliases}
    return {
        "recording_id": _identity(found),
        "label": found["label"] or found["english"] or scientific,
        "scientific": scientific,
        **{name: found[name] for name in ("english", "recordist", "country", "place")},
        "latitude": _degrees(found["latitude"], 90),
        "longitude": _degrees(found["longitude"], 180),
        **{name: found[name] for name in ("date", "time", "quality", "type")},
        "licence": full_address(found["licence"]),
        "url": full_address(found["url"]),
        "duration": seconds_of(found["duration"]),
        "file_name": found["file_name"],
        **{name: value for name, value in given.items() if name not in known},
    }


def plain(name: str) -> str:
    """A column's name without the difference between `file-name`, `File Name` and `file_name`."""
    return re.sub(r"[\s-]+", "_", name.strip().lower())


def column_of(name: str) -> str:
    """The manifest's name of a column that is called `name` in somebody's data."""
    alias = plain(name)
    return next((column for column, aliases in NAMES.items() if alias in aliases), alias)


def text_of(value: Any) -> str:
    """A value of JSON as text for a cell: lists joined, objects and nothing empty."""
    if isinstance(value, list):
        return "; ".join(filter(None, map(text_of, value)))
    if value is None or isinstance(value, dict):
        return ""
    # JSON can hold half of a surrogate pair, which no file can.
    return str(value).encode("utf-8", "replace").decode("utf-8").strip()


def seconds_of(length: str) -> float:
    """Reads "m:ss", "h:mm:ss" or plain seconds.

    Returns:
        Seconds, or NaN for anything else.
    """
    if not re.fullmatch(r"(?:[0-9]{1,6}:){0,2}[0-9]{1,6}(?:\.[0-9]{1,6})?", length):
        return math.nan
    seconds = 0.0
    for part in length.split(":"):
        seconds = seconds * 60 + float(part)
    return seconds


def full_address(address: str) -> str:
    """An address with its scheme, which the API leaves out: "//host/..." is "https://host/..."."""
    return f"https:{address}" if address.startswith("//") else address


def _first(given: Mapping[str, str], aliases: tuple[str, ...]) -> str:
    return next((given[alias] for alias in aliases if given.get(alias)), "")


def _identity(found: Mapping[str, str]) -> str:
    # In people's CSVs `id` may count rows, so what names the recording itself comes first.
    in_name = _NUMBERED_FILE.match(PurePosixPath(found["file_name"]).name)
    identity = found["number"] or (in_name[0] if in_name else found["id"] or found["file_name"])
    number = _CATALOGUE_NUMBER.fullmatch(identity)
    return f"XC{number[1]}" if number else identity


def _degrees(text: str, most: float) -> float:
    try:
        degrees = float(text)
    except ValueError:
        return math.nan
    return degrees if abs(degrees) <= most else math.nan
