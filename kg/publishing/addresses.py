"""Where the published things are: the addresses that identify them, whatever host serves them."""

from __future__ import annotations

HOME = "https://w3id.org/grotius/"
DATASET = f"{HOME}data"
SPARQL = f"{HOME}sparql"
QUESTIONS = f"{HOME}questions/"
DATA_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
TITLE = {
    "en": "Grotius: Dutch policy on human rights, democracy, the international legal order, "
    "and peace and security",
    "nl": "Grotius: Nederlands beleid over mensenrechten, democratie, de internationale rechtsorde, "
    "en vrede en veiligheid",
}
DESCRIPTION = {
    "en": "What five Dutch texts say about goals, themes, instruments, treaties, organisations and countries: "
    "each claim with the passage that proves it, its stance, and who holds it.",
    "nl": "Wat vijf Nederlandse teksten zeggen over doelen, thema’s, instrumenten, verdragen, organisaties en "
    "landen: elke bewering met de passage die haar bewijst, haar strekking en wie haar doet.",
}
KEYWORDS = ("human rights", "democracy", "rule of law", "international law", "foreign policy", "Netherlands")


def dump(release: str) -> str:
    """Return where the data of one release are."""
    return f"{DATASET}/{release}/grotius.nq"
