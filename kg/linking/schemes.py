"""The schemes of codes that a column may hold: what their codes look like, and what its header says."""

from __future__ import annotations

PATTERNS = {
    "iso-alpha-3": r"[A-Za-z]{3}",
    "iso-alpha-2": r"[A-Za-z]{2}",
    "m49": r"\d{1,3}",
    "wikidata": r"(wd:)?[Qq]\d+",
    "fips": r"[A-Za-z]{2}",
    "ioc": r"[A-Za-z]{3}",
    "ror": r"0[a-z0-9]{6}\d\d",
    "tooi": r"([a-z]+/)?(mnre|oorg|zb|gm|pv|ws)\d+",
    "bwb": r"BWB[VR]\d+",
    "kamerstuk": r"(?i:(kst-?)?\d{2} ?\d{3}[- ,].{0,12}\d+(\.html)?)",
    "iati-organisation": r"[A-Z]{2}-[A-Z]+-.+",
    "eu-corporate-body": r"[A-Z][A-Z_]+",
    "eurovoc": r"\d+",
    "geonames": r"\d+",
    "crs-channel": r"\d{5}",
    "oin": r"\d{20}",
    "roo": r"\d+",
    "sdg": r"\d{1,2}(\.[0-9a-d]+)?",
}
"""What a code of each scheme looks like."""

HINTS = {
    "iso-alpha-3": r"iso ?(3|a3|alpha ?3)|alpha ?3|iso3c|country ?text ?id|code ?3|3 letter",
    "iso-alpha-2": r"iso ?(2|a2|alpha ?2)|alpha ?2|iso2c|code ?2|2 letter",
    "m49": r"m ?49|iso ?n3|numeric|un ?code|iso ?num|unsd",
    "wikidata": r"wikidata|qid|wd",
    "fips": r"fips|gec",
    "ioc": r"ioc|noc",
    "ror": r"ror",
    "tooi": r"tooi",
    "bwb": r"bwb",
    "kamerstuk": r"kamerstuk|kamerstukken|dossier|kst|parliamentary paper",
    "iati-organisation": r"iati|org ?(ref|id)",
    "eu-corporate-body": r"corporate ?body|eu ?body",
    "eurovoc": r"eurovoc",
    "geonames": r"geonames?( ?id)?",
    "crs-channel": r"crs|channel",
    "oin": r"oin",
    "roo": r"roo",
    "sdg": r"sdg",
}
"""What the header of such a column says."""

NEED_HINT = {
    "kamerstuk",
    "fips",
    "ioc",
    "eurovoc",
    "geonames",
    "crs-channel",
    "oin",
    "roo",
    "sdg",
    "eu-corporate-body",
}
"""Schemes whose codes look like those of others: only a header (or the user) can say so."""

RIVALS = {"iso-alpha-3": "ioc", "iso-alpha-2": "fips"}
"""Schemes mistaken for one another; without a header the one wins that knows far more of the values."""
BETTER = 0.1

FOREIGN = r"\b(cow|ccode|cowc|stateabb|gwno|gwcode|gw|imf|fifa|dial|phone|polity|vdem id|region)\b"
"""Headers of schemes this project has no codes for."""
