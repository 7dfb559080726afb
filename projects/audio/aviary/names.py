"""Invented names of species and recordists: none is a real bird's or meant as a real person's."""

_GENERA = {
    "Fictulus": "Fableling",
    "Simulavis": "Mimelet",
    "Commentula": "Talefinch",
    "Nusquamula": "Nowherebird",
    "Somnicanta": "Dreamwarbler",
    "Phantasmula": "Wraithlet",
    "Mendaxula": "Fibtail",
    "Umbravox": "Shadepiper",
    "Utopicanta": "Farsinger",
    "Apocryphula": "Mythling",
}
_EPITHETS = {
    "sonans": "Ringing",
    "tacita": "Hushed",
    "vespertina": "Evening",
    "argentea": "Silver",
    "montana": "Hill",
    "paludis": "Marsh",
    "nebulosa": "Misty",
    "rubra": "Ruddy",
    "minuta": "Tiny",
}
_GIVEN = (
    *("Ada", "Bram", "Cleo", "Dov", "Esme", "Finn", "Gita", "Hugo", "Ines", "Jory"),
    *("Kaia", "Lars", "Mina", "Noor", "Otto", "Pia", "Quim", "Rosa", "Sven", "Tove"),
)
_FAMILY = (
    *("Alderquill", "Brackenfold", "Copsewright", "Dunnockby", "Eavesong", "Fernhollow"),
    *("Gorsewick", "Hedgerly", "Islay-Pine", "Juniperton", "Kestermere", "Larchway"),
    *("Mossop-Vale", "Nettlecote", "Oakenreed", "Plumridge", "Quillfeather", "Rushbourne"),
    *("Sedgeworth", "Thistledown"),
)

MOST_RECORDISTS = len(_GIVEN) * len(_FAMILY)


def species_name(index: int) -> tuple[str, str, str]:
    """Genus, epithet and English name of species `index` (0..89); no two species share one."""
    genera, epithets = list(_GENERA), list(_EPITHETS)
    genus = genera[index % len(genera)]
    epithet = epithets[(index // len(genera) + index) % len(epithets)]
    return genus, epithet, f"{_EPITHETS[epithet]} {_GENERA[genus]}"


def recordist_name(index: int) -> str:
    """Name of recordist `index` (0..399); no two recordists share one."""
    row, column = divmod(index, len(_GIVEN))
    return f"{_GIVEN[column]} {_FAMILY[(row + column) % len(_FAMILY)]}"


SPECIES_INDEX = {species_name(i)[:2]: i for i in range(len(_GENERA) * len(_EPITHETS))}
RECORDIST_INDEX = {recordist_name(i): i for i in range(MOST_RECORDISTS)}
