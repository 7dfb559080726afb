"""The sounds of speech: what the mouth does for each, as targets of a synthesiser."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Phone:
    """A stretch of speech with one posture of the mouth; amplitudes are relative to a vowel's.

    Attributes:
        seconds: duration at a medium rate.
        formants_hz: the lowest three resonances of a vocal tract of 17.5 cm.
        voicing: amplitude of the glottal pulses.
        aspiration: amplitude of noise made at the glottis, which the formants shape.
        frication: amplitude of noise made at a narrowing, which they do not.
        noise_hz: centre of that noise.
        noise_width_hz: distance from the centre at which its power has halved.
    """

    seconds: float
    formants_hz: tuple[float, float, float]
    voicing: float = 0.0
    aspiration: float = 0.0
    frication: float = 0.0
    noise_hz: float = 4000.0
    noise_width_hz: float = 1000.0


def _vowel(first: float, second: float, third: float) -> Phone:
    return Phone(0.12, (first, second, third), voicing=1.0)


def _sonorant(first: float, second: float, third: float, voicing: float) -> tuple[Phone, ...]:
    return (Phone(0.06, (first, second, third), voicing=voicing),)


def _fricative(
    locus: tuple[float, float, float], noise: tuple[float, float, float], voicing: float = 0.0
) -> tuple[Phone, ...]:
    amplitude, hz, width_hz = noise
    return (Phone(0.09, locus, voicing, 0.0, amplitude, hz, width_hz),)


def _plosive(
    locus: tuple[float, float, float], noise: tuple[float, float, float], voiced: bool
) -> tuple[Phone, ...]:
    """A closure, a burst and, where voiceless, breath before the voice sets in."""
    amplitude, hz, width_hz = noise
    closure = Phone(0.05, (250.0, *locus[1:]), voicing=0.15 if voiced else 0.0)
    burst = Phone(0.012, locus, 0.0, 0.1, amplitude, hz, width_hz)
    if voiced:
        return closure, burst
    return closure, burst, Phone(0.035, locus, aspiration=0.3)


# Formants of men's vowels after Peterson and Barney, "Control methods used in a study of the
# vowels" (1952), table II.
VOWELS = (
    _vowel(270, 2290, 3010),
    _vowel(390, 1990, 2550),
    _vowel(530, 1840, 2480),
    _vowel(660, 1720, 2410),
    _vowel(730, 1090, 2440),
    _vowel(570, 840, 2410),
    _vowel(440, 1020, 2240),
    _vowel(300, 870, 2240),
    _vowel(640, 1190, 2390),
    _vowel(490, 1350, 1690),
)

_LIPS = (350.0, 900.0, 2200.0)
_TEETH = (350.0, 1750.0, 2650.0)
_PALATE = (320.0, 2000.0, 2700.0)
_VELUM = (330.0, 1500.0, 2100.0)

CONSONANTS = {
    "m": _sonorant(260, 1000, 2200, 0.4),
    "n": _sonorant(270, 1600, 2600, 0.4),
    "l": _sonorant(360, 1250, 2700, 0.6),
    "r": _sonorant(350, 1150, 1650, 0.6),
    "w": _sonorant(300, 650, 2200, 0.6),
    "y": _sonorant(280, 2200, 3000, 0.6),
    "s": _fricative(_TEETH, (0.35, 6500.0, 1500.0)),
    "sh": _fricative(_PALATE, (0.40, 3400.0, 1000.0)),
    "f": _fricative(_LIPS, (0.08, 6000.0, 4000.0)),
    "z": _fricative(_TEETH, (0.20, 6500.0, 1500.0), voicing=0.35),
    "v": _fricative(_LIPS, (0.05, 6000.0, 4000.0), voicing=0.4),
    "h": (Phone(0.06, (500.0, 1500.0, 2500.0), aspiration=0.35),),
    "p": _plosive(_LIPS, (0.25, 900.0, 800.0), voiced=False),
    "t": _plosive(_TEETH, (0.45, 4500.0, 1500.0), voiced=False),
    "k": _plosive(_VELUM, (0.45, 1900.0, 600.0), voiced=False),
    "b": _plosive(_LIPS, (0.20, 900.0, 800.0), voiced=True),
    "d": _plosive(_TEETH, (0.35, 4500.0, 1500.0), voiced=True),
    "g": _plosive(_VELUM, (0.35, 1900.0, 600.0), voiced=True),
}
"""By the letters that come nearest; each is a sequence of postures."""
