"""The words of the trade: one per language for each thing, as a person of the trade says it.

Expressions are searched without regard to case, in texts without their placeholders.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Term:
    """Where an English text matches `english`, its translation matches that of its language.

    `never` are words that its translations do not use, by language.
    """

    english: str
    fr: str
    nl: str
    de: str
    never: dict[str, str] = field(default_factory=dict)


TERMS = (
    Term(r"\bchalleng", "confirm", "bevestig", "festbuchung"),
    Term(r"\boptions?\b", "option", "optie", "option"),
    Term(r"\breleas", "libér", r"vrij|geef\b.*\bvrij", r"freig|g[ei]b.*\bfrei\b"),
    Term(r"\blaps|\bexpired?\b", "expir", "verval|verlopen", "verf[aä]ll|abgelaufen"),
    Term(r"\bno-show", "absence", "niet verschenen", "nicht erschienen"),
    Term(r"\bfirm(ly)?\b", "ferme", "vast", "fest"),
    Term(r"\bconfirmed\b", "confirm", "bevestig", "bestätig"),
    Term(r"\bdeclin", "refus", "weiger", "ablehn|abgelehn"),
    Term(r"\bapprov(e|ed|es)\b", "valid", r"goed.*keu|keurt goed", "genehm", {"de": "freig"}),
    Term(r"\bwithdr", "retir", "trek|trok", "zurück"),
    Term(r"\bswap", "échang", "ruil", "tausch"),
    Term(
        r"\bfacilit(y|ies)\b(?! manager)",
        *("espace", "faciliteit", "ressource"),
        {"fr": r"\blocaux", "nl": r"\bruimtes?\b|\bruimten\b", "de": r"\br[aä]um"},
    ),
    Term(r"\bcompan(y|ies)\b", "société", "bedrij", "unternehmen", {"fr": "entreprise"}),
    Term(r"\bproductions?\b", "production", "producti", "produ[kc]tion"),
    Term(r"\bclosures?\b", "fermeture", "sluiting", "schließung"),
    Term(r"\bopening hours\b", "heures d’ouverture", "openingsuren", "öffnungszeiten"),
    Term(r"\blicences?\b", "habilitation", "bevoegdhe", "berechtigung"),
    Term(r"\bpools?\b", r"\bpools?\b", r"\bpools?\b", r"\bpools?\b", {"fr": r"\blots?\b"}),
    Term(r"\bbundles?\b", r"\blots?\b", "bundel", "paket", {"fr": "pool"}),
    Term(r"\bday sheets?\b", "feuille du jour", "dagblad", "tagesblatt"),
    Term(r"\bdry hire\b", "sans opérateur", "zonder operator", "ohne bediener"),
    Term(r"\bedit suites?\b", "salles? de montage", "montagekamer", "schnittpl[aä]tz"),
    Term(r"\bstage manager", "régisseur de plateau", "studiomanager", "studioleitung"),
    Term(r"\bstages?\b(?! manager)", "plateau", "opnamestudio", "studio", {"fr": r"\bscène"}),
    Term(r"\bprojectionist", "projectionniste", "projectionist", "filmvorführer"),
    Term(r"\bgrading\b", "étalonnage", "grading|kleurcorrectie", "grading|farbkorrektur"),
    Term(r"\bedition\b", "édition", "uitgave", "verlag"),
)

NOWHERE = {
    "fr": r"\ben demeure\b|\bl[eè]v\w+ (l’|une )option",  # lever: to exercise it, or to drop it?
    "nl": r"\buit(ge)?da(ag|g)|\boptie\w* licht|montagesuite",
    "de": r"\bherausge?forder|\boption\w* zieh|\beich(ung|en\b)|\bfirm(a|en)\b",  # never of scales
}
"""What no text says, whatever the English is."""
