"""Patients' and people's identifiers in a message: looked for before anything is searched or kept."""

import re

from stdnum.gb import nhs

from knowledge.terms import fold

_DIGITS = re.compile(r"\d(?:[\s.,()/_\-‐‑‒–—]{0,3}\d)+")
_EMAIL = re.compile(r"[^\s@<>(),;:\"]{1,64}@[^\s@<>(),;:\"]{1,255}\.[^\s@<>(),;:\"]{2,24}")
_NATIONAL_INSURANCE = re.compile(r"\b[a-z]{2}[ -]?\d{2}[ -]?\d{2}[ -]?\d{2}[ -]?[a-d]\b")
_POSTCODE = re.compile(r"\b[a-z]{1,2}\d[a-z\d]? ?(?!1st|2nd|3rd|\dth|\dpm|\dam)\d[abd-hjlnp-uw-z]{2}\b")
_STREET = re.compile(
    r"\b\d{1,4}[a-z]?,? (?:[a-z']{2,20} ){1,2}"
    r"(?:street|road|avenue|lane|crescent|terrace|gardens|grove|rd|ave)\b"
)
_BIRTH_DATE = re.compile(
    r"\b(?:dob|d\.o\.b|date of birth|born)\b\W{0,3}(?:is |on )?(?:the )?\d{1,2}(?:st|nd|rd|th)?(?: of)?[ /.\-]"
    r"(?:\d{1,2}|[a-z]{3,9})[ /.\-]\d{2,4}"
)
_RECORD_NUMBER = re.compile(
    r"\b(?:hospital|mrn|unit|patient|record|case|crn|rio|emis|datix|hosp|pas)\W{0,2}"
    r"(?:no|num|number|id|ref|reference)?\W{0,3}[a-z]{0,3}\d{5,10}\b"
)

NUMBER_SHAPES = (_NATIONAL_INSURANCE, _POSTCODE, _STREET, _BIRTH_DATE, _RECORD_NUMBER)


def holds_number(text: str) -> bool:
    """Whether *text* holds a number or address that points at one person.

    NHS, CHI and Health and Care numbers (ten digits, modulus 11: NHS Data Dictionary, NHS NUMBER),
    telephone numbers, e-mail addresses, National Insurance numbers, postcodes and street addresses,
    dates of birth and record numbers that are called so.
    """
    plain = fold(text)
    if "@" in plain and _EMAIL.search(plain):
        return True
    if not any(c.isdigit() for c in plain):
        return False
    runs = [re.sub(r"\D", "", run) for run in _DIGITS.findall(plain)]
    return (
        any(_is_health_number(run) for run in runs)
        or any(shape.search(plain) for shape in NUMBER_SHAPES)
        or (any(len(run) >= 9 for run in runs) and _holds_telephone_number(plain))
    )


def _is_health_number(run: str) -> bool:
    return any(nhs.is_valid(run[at : at + 10]) for at in range(len(run) - 9))


def _holds_telephone_number(plain: str) -> bool:
    import phonenumbers  # 40 ms: only a message with nine digits in a row pays for it

    # Possible and not only valid numbers: one that is a digit out still points at somebody.
    possible = phonenumbers.Leniency.POSSIBLE
    return any(True for _ in phonenumbers.PhoneNumberMatcher(plain, "GB", leniency=possible))
